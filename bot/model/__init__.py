"""Values and state machines; nothing here does any input or output."""
