"""The channel `wechat`: an Official Account, whose messages WeChat posts to us."""
