"""Asks the hub whether it is well; run by the engine, so it imports next to nothing."""

import socket
import sys

ADDRESS = ("127.0.0.1", 8081)
REQUEST = b"GET /hub/health HTTP/1.0\r\nHost: hub\r\n\r\n"


def healthy() -> bool:
    """Tell whether the hub answers 200 within three seconds."""
    try:
        with socket.create_connection(ADDRESS, timeout=3) as connection:
            connection.sendall(REQUEST)
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy() else 1)
