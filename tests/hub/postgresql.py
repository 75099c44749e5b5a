"""A real PostgreSQL server for the tests, on a free port and with data of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

_NUMBERS = count(1)


@dataclass(frozen=True)
class PostgreSQL:
    """A running server."""

    port: int
    host: str = "127.0.0.1"

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://labdock:lab-secret@{self.host}:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its address."""
        name = f"labdock_{next(_NUMBERS)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)


def install() -> Path:
    """Return the folder of the server's programs, from the distribution's packages."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-qy", "--no-install-recommends", "postgresql"]
        subprocess.run(["apt-get", "update", "-q"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL, env=environ)
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[PostgreSQL]:
    """Start a server on an address of this machine, and remove all of it at the end."""
    programs = install()
    data = Path(tempfile.mkdtemp(prefix="labdock-postgresql-", dir="/var/tmp"))
    shutil.chown(data, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    secret = data / "secret"
    secret.write_text("lab-secret\n")
    shutil.chown(secret, "postgres")
    cluster = str(data / "cluster")
    initdb = [str(programs / "initdb"), "-D", cluster, "-U", "labdock", "--pwfile", str(secret)]
    _as_postgres(data, *initdb, "-A", "scram-sha-256", "-E", "UTF8")
    with (data / "cluster" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 0.0.0.0/0 scram-sha-256\n")
    options = f"-c listen_addresses={host} -p {port} -c unix_socket_directories={data}"
    control = [str(programs / "pg_ctl"), "-D", cluster, "-w", "-l", str(data / "log")]
    _as_postgres(data, *control, "-o", options, "start")
    try:
        yield PostgreSQL(port, host)
    finally:
        _as_postgres(data, *control, "-m", "immediate", "stop")
        shutil.rmtree(data)


def _as_postgres(folder: Path, *command: str) -> None:
    subprocess.run(
        ["runuser", "-u", "postgres", "--", *command],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )
