"""How residents reach us: wire formats, and nothing else."""
