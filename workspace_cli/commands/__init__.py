"""The commands, one module for what belongs together; each imports what it needs when it runs."""
