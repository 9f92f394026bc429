"""The event chain 事件链, a file a stage: open → assign → handle → follow_up → archive."""
