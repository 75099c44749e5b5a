"""From a bare machine to a running stack: engine, images, firewall, stack."""
