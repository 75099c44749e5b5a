"""The container's start program: becomes the owner of /workspace, then the server.

Kept in the image at /opt/labdock/start.py and run by tini with the server's own Python.
"""

import sys

from labdock_server.start import main  # type: ignore[import-not-found]

sys.exit(main())
