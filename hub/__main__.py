"""``python -m hub``: run the hub with its own configuration."""

from pathlib import Path

from hub.app import main

main(["--config", str(Path(__file__).with_name("jupyterhub_config.py"))])
