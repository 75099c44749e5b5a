"""The `lessons` command on a tiny lesson that needs nothing but Python."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lessons.tiny import FIXTURES, RIGHT, ROOT, lessons


def answer(home: Path, name: str = "double") -> Path:
    return home / "lessons/z1-double" / f"{name}.py"


def test_list_shows_packages_and_lessons_in_the_wanted_language() -> None:
    assert "Twice as much (5 min)" in lessons("list").out
    assert "두 배 (5분)" in lessons("list", "--lang", "ko").out
    assert "두 배 (5분)" in lessons("--lang", "ko", "list").out


def test_list_of_every_lesson_takes_less_than_half_a_second_of_a_core() -> None:
    line = [sys.executable, "-I", str(ROOT / "lessons/tools/dev.py"), "list"]
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(line, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.5


def test_list_as_json_describes_each_lesson() -> None:
    (described,) = lessons("list", "--json").json
    assert described["id"] == "z1-double"
    assert described["exercises"] == ["double", "answers"]
    assert described["opened"] is False


def test_open_makes_notebook_and_stubs_and_overwrites_nothing(home_of_its_own: Path) -> None:
    ran = lessons("open", "z1-double", "--json")
    assert ran.code == 0
    assert Path(ran.json["notebook"]).is_file()
    answer(home_of_its_own).write_text(RIGHT)
    Path(ran.json["notebook"]).write_text("mine")
    again = lessons("open", "z1", "--json")
    assert again.json["made"] == []
    assert answer(home_of_its_own).read_text() == RIGHT
    assert Path(ran.json["notebook"]).read_text() == "mine"


def test_a_notebook_made_later_holds_the_answers_that_are_there(home_of_its_own: Path) -> None:
    lessons("open", "z1")
    answer(home_of_its_own).write_text(RIGHT)
    ran = lessons("open", "z1", "--lang", "ko", "--json")
    assert "return x + x" in Path(ran.json["notebook"]).read_text()


def test_run_tells_and_tabulates() -> None:
    ran = lessons("run", "z1")
    assert ran.code == 0, ran.err
    assert "Twice 2.5 is 5.0." in ran.out
    assert "number  twice" in ran.out


def test_run_as_json_ends_with_the_figures() -> None:
    events = [json.loads(line) for line in lessons("run", "z1", "--json").out.splitlines()]
    assert [one["event"] for one in events] == ["lesson", "text", "text", "table", "figures"]
    assert events[-1]["figures"] == {"show": {"twice": [2.0, 5.0]}}


def test_check_names_the_mistake_and_a_passing_answer_is_recorded(home_of_its_own: Path) -> None:
    lessons("open", "z1")
    ran = lessons("check", "z1", "double")
    assert ran.code == 1
    assert "Not done yet" in ran.out
    answer(home_of_its_own).write_text("def double(x):\n    return x ** 2\n")
    assert "That is the square." in lessons("check", "z1", "double").out
    answer(home_of_its_own).write_text(RIGHT)
    ran = lessons("check", "z1", "double", "--json")
    assert (ran.code, ran.json["passed"]) == (0, True)
    done = lessons("progress", "--json").json[0]["exercises"]["double"]
    assert (done["attempts"], done["passed"], done["verified"]) == (3, True, False)


def test_check_before_open_says_what_to_do() -> None:
    ran = lessons("check", "z1")
    assert ran.code == 1
    assert "`lessons open z1-double`" in ran.err


def test_hints_come_one_after_the_other_and_the_last_again() -> None:
    texts = [lessons("hint", "z1", "double").out.strip() for _ in range(4)]
    assert texts[0] == "Hint 1 of 3: Add it to itself."
    assert texts[1] == "Hint 2 of 3: Use +."
    assert texts[2] == texts[3]
    assert lessons("progress", "--json").json[0]["exercises"]["double"]["hints"] == 3


def test_reset_keeps_what_was_there(home_of_its_own: Path) -> None:
    lessons("open", "z1")
    answer(home_of_its_own).write_text(RIGHT)
    ran = lessons("reset", "z1", "--json")
    assert (Path(ran.json["backup"]) / "double.py").read_text() == RIGHT
    assert "NotImplementedError" in answer(home_of_its_own).read_text()


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (["open", "z1-duble"], 3, "Did you mean z1-double?"),
        (["open", "quantum"], 3, "no lesson called quantum"),
        (["hint", "z1", "triple"], 3, "It has: double, answers"),
        (["run"], 2, "Say which lesson"),
        (["fly"], 2, "invalid choice"),
        (["submit", "z1"], 1, "nothing to hand in"),
    ],
)
def test_a_failure_says_what_to_do_and_sets_the_exit_code(
    arguments: list[str], code: int, said: str
) -> None:
    ran = lessons(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_help_is_in_the_readers_language() -> None:
    assert "수업 목록" in lessons("--help", LESSONS_LANG="ko").out
    assert "show the lessons" in lessons("--help").out


def test_the_language_is_flag_then_setting_then_locale_then_korean() -> None:
    plain = {"LESSONS_LANG": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}
    assert "두 배" in lessons("list", **plain).out
    assert "Twice" in lessons("list", **plain | {"LANG": "en_US.UTF-8"}).out
    assert "두 배" in lessons("list", **plain | {"LANG": "en_US.UTF-8", "LESSONS_LANG": "ko"}).out
    assert "Twice" in lessons("list", "--lang=en", **plain | {"LESSONS_LANG": "ko"}).out


def test_a_setting_that_names_no_python_is_explained(tmp_path: Path) -> None:
    lessons("open", "z1")
    ran = lessons("check", "z1", LESSONS_PYTHON=str(tmp_path / "none"))
    assert ran.code == 1
    assert "LESSONS_PYTHON" in ran.err


def test_a_lesson_whose_modules_are_missing_names_the_image(tmp_path: Path) -> None:
    package = tmp_path / "packages/lessons_tiny"
    for file in sorted((FIXTURES / "lessons_tiny").rglob("*.*")):
        target = package / file.relative_to(FIXTURES / "lessons_tiny")
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix in {".py", ".toml"}:
            text = file.read_text(encoding="utf-8")
            target.write_text(text.replace("needs = []", 'needs = ["no_such_torch"]'))
    ran = lessons("run", "z1", LESSONS_PATH=str(package.parent))
    assert ran.code == 1
    assert "no_such_torch" in ran.err
    assert "labdock/pytorch" in ran.err


def test_grade_prints_verdicts_only(home_of_its_own: Path) -> None:
    work = {"lesson": "z1-double", "exercises": {"double": RIGHT, "other": "1"}, "seed": 5}
    ran = lessons("grade", "--json", given=json.dumps(work))
    assert ran.code == 0, ran.err
    assert ran.json["verdicts"] == [{"exercise": "double", "ok": True, "kind": None}]
    assert ran.json["unknown"] == ["other"]
    assert not (home_of_its_own / ".lessons").exists()


def test_grade_takes_a_folder_of_answers(tmp_path: Path) -> None:
    (tmp_path / "double.py").write_text("def double(x):\n    return x * x\n")
    ran = lessons("grade", "--json", "--answers", str(tmp_path), "--lesson", "z1", LESSONS_SEED="7")
    assert ran.json["verdicts"] == [{"exercise": "double", "ok": False, "kind": "squared"}]


@pytest.mark.parametrize(
    "given", ["", "[]", '{"lesson": "z1"}', '{"lesson":"z1","exercises":{"a":1}}']
)
def test_grade_refuses_what_is_no_submission(given: str) -> None:
    ran = lessons("grade", "--json", given=given)
    assert (ran.code, ran.out) == (2, "")
    assert "submission" in ran.err
