"""`python -I -m labdock_server FD`: the server; its secrets are read from the pipe FD."""

import gc
import sys

# Nothing made while importing is garbage: collecting in between costs a tenth of the start.
gc.disable()

from .app import main  # noqa: E402

main(int(sys.argv[1]))
