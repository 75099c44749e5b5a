"""A program of a member's: answers with what it was asked, streams, redirects, sets cookies."""

import base64
import hashlib
import http.server
import json
import sys
import time

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Echo(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Stream, redirect, become a websocket, or tell what was asked."""
        if self.headers.get("Upgrade") == "websocket":
            self._websocket()
        elif self.path == "/stream":
            self._stream()
        elif self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/there")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._tell(b"")

    def do_POST(self) -> None:
        """Tell what was asked, and how much came."""
        self._tell(self.rfile.read(int(self.headers["Content-Length"])))

    def _tell(self, body: bytes) -> None:
        asked = {"path": self.path, "headers": dict(self.headers), "length": len(body)}
        answer = json.dumps(asked).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("Set-Cookie", "mine=1; Path=/; Domain=lab")
        self.send_header("Set-Cookie", "jupyterhub-session-id=evil; Path=/")
        self.end_headers()
        self.wfile.write(answer)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(2):
            self.wfile.write(f"data: {time.time()}\n\n".encode())
            time.sleep(1)
        self.close_connection = True

    def _websocket(self) -> None:
        key = (self.headers["Sec-WebSocket-Key"] + _MAGIC).encode()
        accept = base64.b64encode(hashlib.sha1(key).digest()).decode()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        while len(head := self.rfile.read(2)) == 2 and head[0] & 15 == 1:
            mask = self.rfile.read(4)
            piece = self.rfile.read(head[1] & 127)
            text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(piece))
            self.wfile.write(bytes([0x81, len(text)]) + text)
        self.close_connection = True


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
