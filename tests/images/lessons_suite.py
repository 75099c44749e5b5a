"""The lessons inside an image: installed whole, root's, quick, without network, without answers."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.images.containers import Workspace, docker
from tests.lessons.bodies import copies_in

ROOT = Path(__file__).parents[2]
LESSONS = ROOT / "lessons"
PLACES = (LESSONS / "runner/src", *sorted((LESSONS / "packages").glob("*/src")))
COUNT = len(list(LESSONS.glob("packages/*/src/*/*/lesson.toml")))
FOLDERS = ("/opt/labdock", "/usr/local", "/home", "/workspace", "/root", "/srv")


class LessonsSuite:
    """The `lessons` command, its packages, and what JupyterLab asks of it."""

    image: str
    has_torch = False

    @pytest.fixture(scope="class")
    @classmethod
    def offline(cls) -> Iterator[Workspace]:
        """A container with no network at all; its server answers nobody."""
        name = Workspace(cls.image)
        docker(
            *("run", "--detach", "--network", "none", "--name", name.name),
            *("--env", "WORKSPACE_AUTH_USER=kim", "--env", "WORKSPACE_AUTH_PASSWORD=1234"),
            cls.image,
        )
        yield name
        docker("rm", "--force", "--volumes", name.name, check=False)

    def test_what_is_installed_is_the_repositorys(self) -> None:
        """The tests of the lessons run on the repository's files: these are the same."""
        inside = {
            name.removeprefix("opt/labdock/lessons/"): text
            for name, text in self.files("/opt/labdock/lessons")
            if not name.endswith(".pyc") and ".dist-info/" not in name
        }
        outside = {
            str(file.relative_to(place)): file.read_bytes()
            for place in PLACES
            for file in place.rglob("*")
            if file.is_file() and not {"__pycache__"} & set(file.parts) and ".egg-" not in str(file)
        }
        assert sorted(inside) == sorted(outside)
        assert [name for name, text in inside.items() if outside[name] != text] == []

    def test_no_solution_is_anywhere_in_the_image(self) -> None:
        copies = []
        read = 0
        for folder in FOLDERS:
            for name, data in self.files(folder):
                # The server's libraries are nobody's answers, and there are thousands of files.
                if "/site-packages/" in name and "/labdock_server/" not in name:
                    continue
                for source in _sources(name, data):
                    read += 1
                    copies += copies_in(name, source)
        assert read > 150
        assert copies == []

    def test_nothing_that_only_graders_have_is_in_the_image(self, offline: Workspace) -> None:
        found = offline.exec(
            *("find", "/", "-xdev", "-name", "proc", "-prune", "-o"),
            *("-name", "mutant_*", "-print", "-o", "-path", "*solutions/*/reference.py", "-print"),
        )
        assert found == ""

    def test_a_member_cannot_change_the_lessons(self, offline: Workspace) -> None:
        places = ("/opt/labdock/lessons", "/opt/labdock/lessons-modules", "/usr/local/bin/lessons")
        writable = ("(", "-not", "-user", "root", "-o", "-perm", "/022", ")")
        assert offline.exec("find", *places, "-not", "-type", "l", *writable) == ""

    def test_every_lesson_is_listed_in_half_a_second_of_a_core(self, offline: Workspace) -> None:
        listed = json.loads(offline.member("lessons", "list", "--json", "--lang", "en"))
        assert len(listed) == COUNT
        # Processor time: what else the machine does while tests run says nothing of ours.
        timed = "import resource, subprocess; "
        timed += "subprocess.run(['lessons', 'list'], check=True, stdout=subprocess.DEVNULL); "
        timed += "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        timed += "print(used.ru_utime + used.ru_stime)"
        times = [float(offline.member("python", "-c", timed)) for _ in range(5)]
        assert min(times) < 0.5

    def test_every_lesson_opens_in_both_languages(self, offline: Workspace) -> None:
        script = (
            "set -e; for id in $(lessons list --json | python -c "
            "'import json, sys; print(*(one[\"id\"] for one in json.load(sys.stdin)))'); "
            "do for lang in en ko; do lessons open $id --lang $lang 2>/dev/null >&2; done; done; "
            "ls /workspace/lessons/*/*.ipynb | wc -l"
        )
        assert int(offline.shell(script)) == 2 * COUNT

    def test_a_lesson_is_worked_through_on_the_command_line(self, offline: Workspace) -> None:
        offline.member("lessons", "open", "a1-netpath", "--lang", "en")
        failed = offline.member("lessons", "check", "a1", "--json", check=False)
        assert [one["kind"] for one in json.loads(failed)["verdicts"]] == ["not_implemented"] * 2
        for file in sorted((LESSONS / "solutions/workspace/a1_netpath").glob("*/reference.py")):
            target = f"/workspace/lessons/a1-netpath/{file.parent.name}.py"
            _write(offline, target, file.read_text(encoding="utf-8"))
        assert json.loads(offline.member("lessons", "check", "a1", "--json"))["passed"] is True

    def test_where_a_module_is_missing_the_image_is_named(self, offline: Workspace) -> None:
        done = subprocess.run(
            ["docker", "exec", offline.name, "labdock-enter", "lessons", "run", "c2", "--lang=en"],
            capture_output=True,
            text=True,
        )
        listed = json.loads(offline.member("lessons", "list", "--json"))
        missing = {one["id"]: one["missing"] for one in listed}
        assert missing["a1-netpath"] == []
        if self.has_torch:
            assert done.returncode == 0, done.stderr
            assert not any(missing.values())
        else:
            assert done.returncode == 1
            assert "labdock/pytorch" in done.stderr
            assert missing["c2-mse"] == ["numpy", "torch"]

    def test_a_kernel_knows_the_lessons_and_pip_freeze_does_not(self, workspace: Workspace) -> None:
        said = workspace.run_cell("%load_ext lessons.notebook\n%lesson a1 en\nprint(ctx.lesson.id)")
        assert said.strip() == "a1-netpath"
        assert "labdock" not in workspace.member("pip", "freeze")

    # What the panel in JupyterLab asks

    def test_the_panel_lists_and_asks_again_cheaply(self, workspace: Workspace) -> None:
        first = workspace.api("/labdock/lessons?lang=ko").json()
        assert len(first["lessons"]) == COUNT
        assert first["lessons"][0]["package_title"] == "작업 공간"
        version = first["version"].replace(" ", "%20")
        started = time.perf_counter()
        again = workspace.api(f"/labdock/lessons?lang=ko&version={version}").json()
        assert again == {"version": first["version"], "lessons": None}
        assert time.perf_counter() - started < 1
        assert workspace.api("/labdock/lessons?lang=en").json()["lessons"][0]["letter"] == "a"

    def test_the_panel_opens_and_overwrites_nothing(self, workspace: Workspace) -> None:
        opened = _ask(workspace, "a2-image/open", lang="ko")
        assert opened["path"] == "lessons/a2-image/a2-image.ko.ipynb"
        assert workspace.api(f"/api/contents/{opened['path']}").status == 200
        workspace.shell(f"echo mine > /workspace/{opened['path']}")
        again = _ask(workspace, "a2-image/open", lang="ko")
        assert again["made"] == []
        assert workspace.shell(f"cat /workspace/{opened['path']}") == "mine"

    def test_the_panel_checks_and_hints(self, workspace: Workspace) -> None:
        _ask(workspace, "a3-commit/open", lang="en")
        exercise = next(
            one["exercises"][0]
            for one in workspace.api("/labdock/lessons?lang=en").json()["lessons"]
            if one["id"] == "a3-commit"
        )
        (verdict,) = _ask(workspace, "a3-commit/check", lang="en", exercise=exercise)["verdicts"]
        assert verdict["kind"] == "not_implemented"
        assert _ask(workspace, "a3-commit/hint", lang="ko", exercise=exercise)["hint"] == 1
        listed = workspace.api("/labdock/lessons?lang=en").json()["lessons"]
        (progress,) = [one["progress"][exercise] for one in listed if one["id"] == "a3-commit"]
        assert (progress["attempts"], progress["hints"], progress["passed"]) == (1, 1, False)

    @pytest.mark.parametrize(
        "path, body, status, said",
        [
            ("z9-nothing/open", {"lang": "en"}, 404, "z9-nothing"),
            ("a1-netpath/check", {"exercise": "--json"}, 400, "exercise"),
            ("a1-netpath/check", {"exercise": "nothing", "lang": "en"}, 404, "nothing"),
            ("a4-run/submit", {"lang": "en"}, 409, "nothing to hand in"),
        ],
    )
    def test_the_panel_is_told_what_is_wrong(
        self, workspace: Workspace, path: str, body: dict[str, str], status: int, said: str
    ) -> None:
        answer = workspace.api(f"/labdock/lessons/{path}", "POST", body)
        assert (answer.status, said in answer.json()["message"]) == (status, True), answer.text

    def test_nobody_else_asks(self, workspace: Workspace) -> None:
        for path, method in (("/labdock/lessons", "GET"), ("/labdock/lessons/a1/open", "POST")):
            data: dict[str, str] | None = {} if method == "POST" else None
            assert workspace.browser.request(path, method=method, data=data).status == 403

    def files(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """Every regular file below a folder of the image, from a container that never runs."""
        container = docker("create", self.image)
        try:
            done = subprocess.run(
                ["docker", "cp", f"{container}:{folder}", "-"], capture_output=True
            )
        finally:
            docker("rm", container)
        parent = folder.strip("/").rpartition("/")[0]
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            for member in archive:
                if member.isfile():
                    data = archive.extractfile(member)
                    assert data is not None
                    yield f"{parent}/{member.name}".lstrip("/"), data.read()


def _sources(name: str, data: bytes) -> Iterator[str]:
    """The Python text in a file: all of it, or a notebook's cells."""
    if name.endswith(".py"):
        yield data.decode("utf-8")
    elif name.endswith(".ipynb"):
        for cell in json.loads(data)["cells"]:
            lines = "".join(cell["source"]).splitlines()
            if cell["cell_type"] == "code":
                yield "\n".join(line for line in lines if line[:1] not in ("%", "!"))


def _ask(workspace: Workspace, path: str, **body: str) -> Any:
    answer = workspace.api(f"/labdock/lessons/{path}", "POST", body)
    assert answer.status == 200, answer.text
    return answer.json()


def _write(workspace: Workspace, path: str, text: str) -> None:
    line = ["docker", "exec", "-i", workspace.name, "labdock-enter", "tee", path]
    subprocess.run(line, input=text, text=True, check=True, stdout=subprocess.DEVNULL)
