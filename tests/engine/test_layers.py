"""What a save of a container stores on the real engine: the difference, all of it, no more."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from tests.engine.conftest import BASE
from tests.support import Namespace
from workspace_cli.core import labels, layer_flatten, layer_worker
from workspace_cli.core.clean_image import archive
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.environments import Saved, commit
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.host_folders import IN_CONTAINER
from workspace_cli.core.models import PortMapping, Workspace, WorkspaceSpec
from workspace_cli.core.workspaces import bring_up, launch, stop

pytestmark = pytest.mark.engine

_LIST = r"""
import hashlib, json, os, stat, sys
found, links = {}, {}
def note(path):
    seen = os.lstat(path)
    kind = stat.S_IFMT(seen.st_mode)
    if kind == stat.S_IFSOCK:
        return
    held = None
    if kind == stat.S_IFREG:
        held = hashlib.sha256(open(path, "rb").read()).hexdigest()
        if seen.st_nlink > 1:
            links.setdefault(seen.st_ino, []).append(os.fsdecode(path))
    elif kind == stat.S_IFLNK:
        held = os.fsdecode(os.readlink(path))
    attributes = {n: os.getxattr(path, n, follow_symlinks=False).hex()
                  for n in os.listxattr(path, follow_symlinks=False)}
    found[os.fsdecode(path)] = [seen.st_mode, seen.st_uid, seen.st_gid, int(seen.st_mtime),
                                seen.st_rdev, held, attributes]
for root in sys.argv[1:]:
    for folder, folders, files in os.walk(os.fsencode(root)):
        note(folder)
        for name in [*files, *(f for f in folders if os.path.islink(os.path.join(folder, f)))]:
            note(os.path.join(folder, name))
for path in ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/etc"):
    found.pop(path, None)
print(json.dumps([found, sorted(sorted(n) for n in links.values() if len(n) > 1)]))
"""
_ROOTS = ("/srv", "/etc", "/usr/share/doc", "/usr/local", "/root")


@pytest.fixture(scope="module")
def quiet_image(docker_engine: DockerEngine) -> Iterator[str]:
    """Give the lab's base with a main process that does nothing."""
    reference = "labdock-tests/quiet:layers"
    base = docker_engine.image(BASE)
    config = {
        "architecture": base.architecture,
        "os": "linux",
        "config": {
            "Env": ["PATH=/opt/env/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
            "Cmd": ["sleep", "infinity"],
            "StopSignal": "SIGKILL",
            "Labels": {labels.SERVER: "1"},
        },
        "rootfs": {"type": "layers", "diff_ids": list(base.layers)},
    }
    docker_engine.load(io.BytesIO(archive(config, reference)))
    yield reference
    docker_engine.remove_image(reference)


@pytest.fixture
def quiet(namespace: Namespace, quiet_image: str) -> WorkspaceSpec:
    return WorkspaceSpec(owner=str(namespace), name="study", image=quiet_image)


def run(host: Host, workspace: Workspace, script: str) -> str:
    """Run a script as root in a workspace and return its output."""
    done = host.engine.execute(
        workspace.container.name, ["bash", "-euc", script], user="0", environment={"LC_ALL": "C"}
    )
    assert done.exit_code == 0, done.output.decode(errors="replace")
    return done.output.decode()


def listing(host: Host, name: str) -> object:
    """Return everything about the files of a container, their content as hashes."""
    done = host.engine.execute(name, ["/usr/bin/python3", "-c", _LIST, *_ROOTS], user="0")
    assert done.exit_code == 0, done.output.decode(errors="replace")
    return json.loads(done.output)


def check_same(host: Host, workspace: Workspace, saved: Saved, spec: WorkspaceSpec) -> None:
    """Start from an environment and compare every file with the workspace it was saved from."""
    again = launch(host, replace(spec, name="compared", image=saved.reference))
    mine, theirs = listing(host, workspace.container.name), listing(host, again.container.name)
    host.engine.remove(again.container.name, force=True)
    assert isinstance(mine, list)
    assert isinstance(theirs, list)
    assert {k: v for k, v in mine[0].items() if theirs[0].get(k) != v} == {}
    assert sorted(theirs[0].keys() - mine[0].keys()) == []
    assert theirs[1] == mine[1]


def added(host: Host, saved: Saved, below: Saved) -> int:
    """Return the bytes of the layers that one environment has on top of another."""
    sizes = host.engine.layer_sizes(saved.reference)
    common = host.engine.image(below.reference).layers
    assert host.engine.image(saved.reference).layers[: len(common)] == common
    return sum(sizes[len(common) :])


FIRST = r"""
cd /srv
mkdir -p a/b c/deep d opq/x
head -c 100000 /dev/urandom > a/big; echo one > a/one; echo two > c/deep/two
ln a/big a/b/linked; ln -s ../nowhere a/dangling; mkfifo d/fifo
printf odd > "$(printf 'd/odd \377\n name')"; chown 1000:100 a/one; chmod 4751 a/big
/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/srv/d/sock")'
cp /usr/bin/true cap
/usr/bin/python3 - <<'P'
import os
cap = bytes.fromhex("0100000200040000000000000000000000000000")
os.setxattr("/srv/cap", "security.capability", cap)
P
touch -d '2001-02-03 04:05:06.789' a/one c
echo v1 > opq/x/file; echo stays > same; echo back > back
rm /etc/issue; rm -r /usr/share/doc/bash; mkdir /usr/share/doc/bash
echo mine > /usr/share/doc/bash/x
echo more >> /etc/motd; chmod 600 /etc/profile
truncate -s 5M sparse; printf end >> sparse
"""
SECOND = r"""
cd /srv
rm a/b/linked; mv c moved; rm -r d; echo file > d
rm same; mkdir same; echo in > same/in
chmod 700 a; chown 5:6 a/one; echo changed > back
rm -r opq; mkdir -p opq/x; echo v2 > opq/x/file
rm /usr/share/doc/bash/x; rm -r /usr/share/doc/tar; echo new > /etc/issue
mv /usr/share/doc/sed/copyright /usr/share/doc/sed/copyright2
"""
THIRD = r"""
cd /srv
echo back > back; rm d; mkdir d; echo again > d/again; rm -r same
mv moved c; ln a/one a/also; rm sparse
rm -r /usr/share/doc/bash; rm /etc/issue
mkdir swap1 swap2; echo 1 > swap1/f; echo 2 > swap2/f; touch -d @5 swap1/f swap2/f
"""
FOURTH = r"""
cd /srv
mv swap1 swap3; mv swap2 swap1; mv swap3 swap2; printf 'ECAB' | cat > back
mkdir -p /usr/share/doc/bash; echo back > /usr/share/doc/bash/y
"""


@pytest.mark.parametrize("pause", [True, False], ids=["running", "stopped"])
def test_everything_comes_back_the_same_after_every_save(
    host: Host, quiet: WorkspaceSpec, pause: bool
) -> None:
    workspace = launch(host, quiet)
    saved = []
    for number, script in enumerate((FIRST, SECOND, THIRD, FOURTH)):
        run(host, workspace, script)
        if not pause:
            stop(host, workspace, timeout=0)
        saved.append(commit(host, workspace, f"study:{number}", leave_out=["/srv/nonesuch"]))
        if not pause:
            host.engine.start(workspace.container.name)
        check_same(host, workspace, saved[-1], quiet)
    depth = [one.layers for one in saved]
    assert depth == [depth[0] + number for number in range(4)]
    # … and squashed to one layer on the lab's.
    flat = layer_flatten.flatten(host, saved[-1].reference)
    assert flat.layers == depth[0]
    check_same(host, workspace, saved[-1], quiet)


REMOVE = r"""
touch -r /srv/a /dev/shm/a; touch -r /root /dev/shm/root
rm -rf /srv/a/key /root/.netrc /root/.ssh
touch -r /dev/shm/a /srv/a; touch -r /dev/shm/root /root
"""


def test_what_is_left_out_later_is_in_no_layer(host: Host, quiet: WorkspaceSpec) -> None:
    workspace = launch(host, quiet)
    run(host, workspace, FIRST + "echo tok-1-secret > a/key; echo tok-2-secret > /root/.netrc")
    first = commit(host, workspace, "study:1")
    tokens = {"tok-1-secret", "tok-2-secret", "tok-3-secret"}
    assert found_in(host, first.reference, tokens) == {"tok-1-secret", "tok-2-secret"}
    again = launch(host, replace(quiet, name="again", image=first.reference))
    run(host, again, SECOND + "mkdir -p /root/.ssh; echo tok-3-secret > /root/.ssh/id_rsa")
    secrets = ["/srv/a/key", "/root/.netrc", "/root/.ssh"]
    for name, kept in ((again, []), (workspace, ["/srv/a/key"])):
        saved = commit(
            host, name, f"{name.name}:2", leave_out=[s for s in secrets if s not in kept]
        )
        left = {"tok-1-secret"} if kept else set()
        assert found_in(host, saved.reference, tokens) == left
        run(host, name, REMOVE)
        if not kept:
            check_same(host, name, saved, quiet)
    # The next save of the one that was stored anew holds the difference again.
    run(host, again, "head -c 1000000 /dev/urandom > /srv/more")
    third = commit(host, again, "again:3", leave_out=secrets)
    assert third.layers == saved_layers(host, "again:2", quiet) + 1
    assert added(host, third, replace(third, reference=f"labdock/{quiet.owner}/again:2")) < 2**21
    check_same(host, again, third, quiet)


def found_in(host: Host, reference: str, tokens: Iterable[str]) -> set[str]:
    """Return which tokens are in what ``docker save`` writes; its layers are not packed."""
    wanted = re.compile(b"|".join(map(re.escape, sorted(one.encode() for one in tokens))))
    found: set[str] = set()
    rest = bytearray()
    for piece in host.engine.save(reference):
        rest += piece
        if len(rest) > 2**24:
            found |= {one.decode() for one in wanted.findall(rest)}
            del rest[:-100]
    return found | {one.decode() for one in wanted.findall(rest)}


def saved_layers(host: Host, tag: str, spec: WorkspaceSpec) -> int:
    return len(host.engine.image(f"labdock/{spec.owner}/{tag}").layers)


PLANT = r"""
cd /home/member; rm -rf .netrc .bash_history .git-credentials .ssh .config
echo "machine x login me password TOK1" > .netrc
echo "API=TOK2" > .env
echo "export HF_TOKEN=TOK3" >> .bash_history
echo "https://me:TOK4@example.org" > .git-credentials
mkdir -p .ssh .config/gh .local/share/jupyter/runtime; echo TOK5 > .ssh/id_ed25519
echo "oauth_token: TOK6" > .config/gh/hosts.yml
echo '{"token": "TOK7"}' > .local/share/jupyter/runtime/server-1.json
mkdir -p /etc/apt/auth.conf.d; echo "machine x password TOK8" > /etc/apt/auth.conf.d/lab.conf
echo 'SECRET=TOK9' >> /etc/environment
echo TOK10 > /tmp/x; mkdir -p /root/.cache/pip; echo TOK11 > /root/.cache/pip/x
echo "TOK12" > /var/tmp/x
"""
OUT = (
    *("/home/member/.netrc", "/home/member/.env", "/home/member/.bash_history"),
    *("/home/member/.git-credentials", "/home/member/.ssh", "/home/member/.config/gh"),
    *("/etc/apt/auth.conf.d/lab.conf", "/etc/environment", "/root/never-there"),
)


def test_a_secret_planted_in_every_way_is_in_no_byte(
    host: Host, quiet: WorkspaceSpec, namespace: Namespace
) -> None:
    tokens = {f"TOK{number}": f"tok-{number:02}-9f3a7c" for number in range(1, 16)}
    script = PLANT
    for name, token in sorted(tokens.items(), reverse=True, key=lambda one: int(one[0][3:])):
        script = script.replace(name, token)
    workspace = launch(
        host,
        replace(
            quiet,
            environment={"API_TOKEN": tokens["TOK13"], "WORKSPACE_AUTH_PASSWORD": tokens["TOK14"]},
            labels={"team": tokens["TOK15"]},
        ),
    )
    run(host, workspace, script)
    # An earlier save that kept them, and a workspace that stands on it.
    below = commit(host, workspace, "leaky:1")
    assert len(found_in(host, below.reference, tokens.values())) == 8
    stop(host, workspace, timeout=0)
    recreated = bring_up(host, replace(quiet, ports=(PortMapping(8888),)))
    other = launch(host, replace(quiet, name="other", image=below.reference))
    for one in (recreated, other):
        saved = commit(host, one, f"clean:{one.name}", leave_out=OUT)
        assert found_in(host, saved.reference, tokens.values()) == set()


def test_what_belongs_to_the_image_on_offer_cannot_be_left_out(
    host: Host, quiet: WorkspaceSpec
) -> None:
    workspace = launch(host, quiet)
    before = {tag for image in host.engine.images() for tag in image.tags}
    with pytest.raises(InvalidOptionError, match="/etc/passwd cannot be left out"):
        commit(host, workspace, leave_out=["/etc/passwd"])
    assert {tag for image in host.engine.images() for tag in image.tags} == before


def test_a_second_save_adds_what_changed_since_the_first(
    host: Host, quiet: WorkspaceSpec, namespace: Namespace
) -> None:
    workspace = launch(host, quiet)
    run(host, workspace, "head -c 100000000 /dev/urandom > /srv/first")
    first = commit(host, workspace, "study:1")
    run(host, workspace, "head -c 10000000 /dev/urandom > /srv/second")
    second = commit(host, workspace, "study:2")
    assert 10_000_000 <= added(host, second, first) < 11_000_000
    # Nothing new is nothing more.
    assert host.engine.image(commit(host, workspace, "study:3").reference).layers == (
        host.engine.image(second.reference).layers
    )
    # A recreated workspace stands on what was saved of it.
    stop(host, workspace, timeout=0)
    recreated = bring_up(host, replace(quiet, ports=(PortMapping(8888),)))
    run(host, recreated, "head -c 1000000 /dev/urandom > /srv/third")
    third = commit(host, recreated, "study:4")
    assert 1_000_000 <= added(host, third, second) < 1_200_000
    check_same(host, recreated, third, quiet)


def test_the_hub_saves_as_well_as_root(
    host: Host, quiet: WorkspaceSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(IN_CONTAINER, "1")
    workspace = launch(host, quiet)
    run(host, workspace, FIRST)
    commit(host, workspace, "study:1", leave_out=["/root/.netrc"])
    run(host, workspace, SECOND)
    second = commit(host, workspace, "study:2")
    check_same(host, workspace, second, quiet)
    assert not [row for row in host.engine.containers() if row.name.startswith(layer_worker.NAME)]
    folder = host.settings.root / "hub" / "saving"
    assert list(folder.iterdir()) == []


def test_packages_are_compiled_before_they_are_saved(host: Host, quiet: WorkspaceSpec) -> None:
    workspace = launch(host, quiet)
    packages = run(
        host, workspace, "python -c 'import sysconfig; print(sysconfig.get_paths()[\"purelib\"])'"
    ).strip()
    run(host, workspace, f"mkdir {packages}/mine; echo 'x = 1' > {packages}/mine/__init__.py")
    saved = commit(host, workspace)
    again = launch(host, replace(quiet, name="again", image=saved.reference))
    assert "pyc" in run(host, again, f"ls {packages}/mine/__pycache__")


def test_a_chain_of_changes_saves_and_recreations_stays_shallow(
    host: Host, quiet: WorkspaceSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = len(host.engine.image(quiet.image).layers)
    monkeypatch.setattr("workspace_cli.core.clean_image.MOST_LAYERS", lab + 5)
    workspace = launch(host, quiet)
    depths = []
    for number in range(12):
        run(host, workspace, f"echo {number} > /srv/{number}; echo {number} > /srv/last")
        saved = commit(host, workspace, f"study:{number}")
        depths.append(saved.layers - lab)
        stop(host, workspace, timeout=0)
        workspace = bring_up(host, replace(quiet, ports=(PortMapping(8000 + number),)))
    assert max(depths) < 5
    assert sorted(depths) != depths, "it was flattened on the way"
    files = run(host, workspace, "cat /srv/last; ls /srv").split()
    assert files[0] == "11"
    assert set(files[1:]) == {"last", *map(str, range(12))}
    unnamed = subprocess.run(
        [
            "docker",
            "images",
            "-q",
            "--filter",
            "dangling=true",
            "--filter",
            f"label={labels.OWNER}={quiet.owner}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert unnamed.stdout == ""
