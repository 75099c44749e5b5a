"""What hub, portal and command line must agree on."""
