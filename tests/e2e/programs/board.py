"""A member's program with a page of its own: it reads data and keeps a websocket open."""

import asyncio
import sys

from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

PAGE = """<!DOCTYPE html>
<title>Board</title>
<h1>Board</h1>
<p id="read"></p><p id="said"></p><p id="cookies"></p>
<script>
const show = (id, text) => { document.getElementById(id).textContent = text; };
fetch("data").then((answer) => answer.text()).then((text) => show("read", text));
const socket = new WebSocket(location.href.replace(/^http/, "ws") + "talk");
socket.onopen = () => socket.send("hello");
socket.onmessage = (event) => show("said", event.data);
socket.onclose = () => show("said", "closed");
try { show("cookies", document.cookie); } catch (error) { show("cookies", error.name); }
</script>
"""


class Page(RequestHandler):
    """Serves the page."""

    def get(self) -> None:
        """Answer with the page."""
        self.finish(PAGE)


class Data(RequestHandler):
    """Serves what the page reads."""

    def get(self) -> None:
        """Answer with a text, and with the names of the cookies that came."""
        self.finish(f"loss 0.25, cookies {sorted(self.cookies)}")


class Talk(WebSocketHandler):
    """Answers what it is told."""

    def on_message(self, message: str | bytes) -> None:
        """Say it back."""
        self.write_message(f"board heard {message!s}")


async def main() -> None:
    Application([("/", Page), ("/data", Data), ("/talk", Talk)]).listen(
        int(sys.argv[1]), "127.0.0.1"
    )
    await asyncio.Event().wait()


asyncio.run(main())
