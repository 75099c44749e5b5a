"""The road from a browser to Jupyter: tables, symptoms, and two real relays."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import socket
import socketserver
import threading

from lessons.context import Context

PUBLIC, ROUTER_PORT = "203.0.113.7", 9201
HOST, CONTAINER = "192.168.0.10", "172.18.0.5"


def road(ctx: Context) -> dict[str, float | list[float]]:
    """Print every hop of one request with its destination; return the ports on the way."""
    ctx.say("demo.road.picture")
    hops = [
        ("browser", PUBLIC, ROUTER_PORT),
        ("router", HOST, 9201),
        ("docker", CONTAINER, 8080),
        ("proxy", "127.0.0.1", 8090),
        ("jupyter", "127.0.0.1", 8090),
    ]
    rows = [
        [ctx.t(f"demo.hop.{name}"), f"{address}:{port}" if name != "jupyter" else "–"]
        for name, address, port in hops
    ]
    ctx.table(["demo.road.who", "demo.road.next"], rows)
    return {"ports": [float(port) for _, _, port in hops[:4]], "translations": 2.0}


def way_back(ctx: Context) -> dict[str, float | list[float]]:
    """Let three clients in and answer them from the router's own notes."""
    rules = {9201: (HOST, 9201), 9202: (HOST, 9202)}
    visitors = [("198.51.100.4", 50112, 9201), ("198.51.100.9", 41733, 9202)]
    visitors.append(("198.51.100.4", 50113, 9201))
    notes = {}
    for client, client_port, door in visitors:
        notes[(*rules[door], client, client_port)] = door
    rows = []
    for (machine, port, client, client_port), door in notes.items():
        rows.append([f"{machine}:{port}", f"{PUBLIC}:{door}", f"{client}:{client_port}"])
    ctx.table(["demo.back.sender", "demo.back.shown", "demo.back.receiver"], rows)
    ctx.say("demo.back.note")
    return {"connections": float(len(notes)), "rules": float(len(rules))}


def four_faults(ctx: Context) -> dict[str, float | list[float]]:
    """Print, hop by hop, what a browser sees when that hop is broken."""
    names = ["router", "docker", "proxy", "jupyter"]
    rows = [[ctx.t(f"demo.hop.{name}"), ctx.t(f"demo.fault.{name}")] for name in names]
    ctx.table(["demo.fault.broken", "demo.fault.seen"], rows)
    return {"faults": float(len(rows))}


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes one way until the source has no more."""
    # A side may have hung up: then nothing is left to carry or to close.
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


class _Door(socketserver.BaseRequestHandler):
    """A relay: leads each visitor on to its target, and carries the answer back."""

    target = ("127.0.0.1", 0)

    def handle(self) -> None:
        # Nobody may stand behind the next door: then the visitor is left without an answer.
        with (
            contextlib.suppress(OSError),
            socket.create_connection(self.target, timeout=5) as inside,
        ):
            back = threading.Thread(target=_pump, args=(inside, self.request))
            back.start()
            _pump(self.request, inside)
            back.join()


def _open(server: socketserver.BaseServer) -> tuple[str, int]:
    """Let a server work in a thread; return its address."""
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server.server_address  # type: ignore[attr-defined, no-any-return]


def _close(server: socketserver.BaseServer) -> None:
    """Stop a server and give its port back."""
    server.shutdown()
    server.server_close()


def _relay(target: tuple[str, int]) -> socketserver.BaseServer:
    """Build a relay on a free port of this machine that leads to the target."""
    door = type("Door", (_Door,), {"target": target})
    return socketserver.ThreadingTCPServer(("127.0.0.1", 0), door)


class _Page(http.server.BaseHTTPRequestHandler):
    """Plays Jupyter: one page, no log."""

    def do_GET(self) -> None:
        body = b"notebook"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return


def _visit(address: tuple[str, int]) -> int:
    """Return the status of the page behind this door, 0 where no answer comes."""
    connection = http.client.HTTPConnection(*address, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def two_relays(ctx: Context) -> dict[str, float | list[float]]:
    """Walk a road of two real relays twice: with and without somebody at its end."""
    page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    docker = _relay(_open(page))
    router = _relay(_open(docker))
    entrance = _open(router)
    alive = _visit(entrance)
    _close(page)
    dead = _visit(entrance)
    _close(router)
    _close(docker)
    ctx.say("demo.relays.alive", status=alive)
    ctx.say("demo.relays.dead")
    return {"alive": float(alive), "dead": float(dead)}
