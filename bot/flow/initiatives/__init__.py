"""An initiative from an idea to what came of it."""
