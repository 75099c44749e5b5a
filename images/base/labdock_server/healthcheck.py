"""Exit 0 while the server answers: one request over a plain socket, in a few milliseconds.

Any HTTP answer will do (a login page, a redirect): it shows that the server's loop turns.
"""

import socket
import sys

PORT = 8080


def answers(port: int = PORT, timeout: float = 4.0) -> bool:
    """Whether an HTTP server answers on the loopback `port` within `timeout` seconds."""
    request = b"GET /labdock-health HTTP/1.0\r\nHost: localhost\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout) as connection:
            connection.sendall(request)
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if answers() else 1)
