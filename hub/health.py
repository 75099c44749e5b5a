"""Asks the hub whether it is well; run by the engine, so it imports next to nothing.

health.py [PORT PATH]      the portal's container names its own
"""

import socket
import sys


def healthy(port: int = 8081, path: str = "/hub/health") -> bool:
    """Tell whether the server at the port answers 200 within three seconds."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: hub\r\n\r\n".encode())
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


if __name__ == "__main__":
    asked = (int(sys.argv[1]), sys.argv[2]) if len(sys.argv) == 3 else ()
    sys.exit(0 if healthy(*asked) else 1)
