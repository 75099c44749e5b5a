"""A real LDAP server with two members and a group, over TLS with a certificate of its own."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/cert.pem
TLSCertificateKeyFile {folder}/key.pem
database mdb
suffix "dc=lab"
rootdn "cn=root,dc=lab"
rootpw never-used
directory {folder}/data
"""
ENTRIES = """
dn: dc=lab
objectClass: dcObject
objectClass: organization
o: Lab
dc: lab

dn: ou=people,dc=lab
objectClass: organizationalUnit
ou: people

dn: uid=seo,ou=people,dc=lab
objectClass: inetOrgPerson
uid: seo
cn: Seo
sn: Seo
userPassword: seo in the directory

dn: uid=lee,ou=people,dc=lab
objectClass: inetOrgPerson
uid: lee
cn: Lee
sn: Lee
userPassword: lee in the directory

dn: cn=gpu,dc=lab
objectClass: groupOfNames
cn: gpu
member: uid=seo,ou=people,dc=lab
"""


@dataclass(frozen=True)
class LdapServer:
    """Where it listens on 127.0.0.1, and the certificate to believe."""

    port: int
    certificate: Path


@contextmanager
def running(folder: Path) -> Iterator[LdapServer]:
    """Run the server in a folder of its own."""
    (folder / "data").mkdir(parents=True)
    config, entries = folder / "slapd.conf", folder / "entries.ldif"
    config.write_text(CONFIG.format(folder=folder))
    entries.write_text(ENTRIES)
    _certify(folder)
    add = ["/usr/sbin/slapadd", "-f", str(config), "-l", str(entries)]
    subprocess.run(add, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # -d keeps it in the foreground, as a process of ours.
    serve = ["/usr/sbin/slapd", "-f", str(config), "-h", f"ldap://127.0.0.1:{port}", "-d", "0"]
    with subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(port, process)
            yield LdapServer(port, folder / "cert.pem")
        finally:
            process.terminate()


def _certify(folder: Path) -> None:
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*make, *names, *files], check=True, capture_output=True)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("slapd did not come up")
