"""The workbench 工作台: what staff see and do."""
