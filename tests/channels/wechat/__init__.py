"""Tests of channels/wechat."""
