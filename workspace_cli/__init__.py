"""The command line `workspace` and the core that hub and portal share with it."""
