# A terminal of safe mode: nothing of the member's own is read.
PS1='[safe mode] \w\$ '
/opt/labdock/bin/python -I -m labdock_server.safe_mode
