"""The hub: spawner, accounts and configuration of JupyterHub."""
