"""The page on which a repository comes into the workspace, and its words in both languages."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STATIC = "lab/extensions/labdock/static/"

TEXTS = {
    "en": {
        "title": "Opening a repository",
        "begun": "Fetching the files …",
        "ready": "Ready. Opening …",
        "failed": "The repository could not be opened",
        "log": "What git says",
        "again": "Try again",
        "lab": "Open JupyterLab",
        "folder": "Open the folder",
        "lost": "The workspace does not answer. Look whether it still runs, then try again.",
        "script": "This page needs JavaScript. Please allow it for this address.",
    },
    "ko": {
        "title": "저장소 열기",
        "begun": "파일을 가져오는 중입니다 …",
        "ready": "준비되었습니다. 여는 중입니다 …",
        "failed": "저장소를 열지 못했습니다",
        "log": "git의 출력",
        "again": "다시 시도",
        "lab": "JupyterLab 열기",
        "folder": "폴더 열기",
        "lost": "작업 공간이 응답하지 않습니다. 실행 중인지 확인한 뒤 다시 시도하세요.",
        "script": "이 페이지에는 자바스크립트가 필요합니다. 이 주소에서 허용해 주세요.",
    },
}
FAILURES = {
    "en": {
        "unreachable": "The repository's server cannot be reached from this workspace: it may be "
        "down, or workspaces here have no way out to it. Try again later, or ask an admin.",
        "missing": "There is no such repository, or it is not open to everybody. Ask whoever gave "
        "you the link.",
        "certificate": "The repository's server shows a certificate that this workspace does not "
        "trust. Ask an admin.",
        "branch": "The repository has no branch or tag of that name. Ask whoever gave you the "
        "link.",
        "empty": "The repository is empty. Ask whoever gave you the link.",
        "disk": "There is no room left on the disk. Delete what you no longer need, then try "
        "again.",
        "conflict": "Your own changes and the new files do not go together, and yours were kept "
        "as they are. Rename your folder, then try again for a fresh copy beside it.",
        "taken": "Folders of that name are something else already. Rename one, then try again.",
        "time": "git did not come to an end within half an hour and was stopped. Try again.",
        "file": "The repository is there, but holds no {0}. Ask whoever gave you the link.",
        "git": "git could not do it; below is what it said. Try again, or ask whoever gave you "
        "the link.",
        "hub": "This workspace was not started by the hub, so the lab's links do not open in it.",
        "portal": "The lab's portal does not answer. Try again in a minute.",
        "unfinished": "A merge or a rebase of yours is not finished in this folder. Finish or "
        "abort it in a terminal, then try again.",
    },
    "ko": {
        "unreachable": "이 작업 공간에서 저장소 서버에 연결할 수 없습니다. 서버가 멈췄거나 작업 "
        "공간에서 나가는 길이 없을 수 있습니다. 나중에 다시 시도하거나 관리자에게 문의하세요.",
        "missing": "그런 저장소가 없거나 공개되어 있지 않습니다. 링크를 준 사람에게 문의하세요.",
        "certificate": "저장소 서버의 인증서를 이 작업 공간이 신뢰하지 않습니다. 관리자에게 "
        "문의하세요.",
        "branch": "저장소에 그런 이름의 브랜치나 태그가 없습니다. 링크를 준 사람에게 문의하세요.",
        "empty": "저장소가 비어 있습니다. 링크를 준 사람에게 문의하세요.",
        "disk": "디스크에 남은 자리가 없습니다. 필요 없는 것을 지운 뒤 다시 시도하세요.",
        "conflict": "내가 바꾼 내용과 새 파일을 합칠 수 없어 내 파일을 그대로 두었습니다. 폴더 "
        "이름을 바꾼 뒤 다시 시도하면 그 옆에 새로 받습니다.",
        "taken": "그 이름의 폴더가 이미 다른 용도로 쓰이고 있습니다. 하나의 이름을 바꾼 뒤 다시 "
        "시도하세요.",
        "time": "git이 30분 안에 끝나지 않아 중단했습니다. 다시 시도하세요.",
        "file": "저장소는 받았지만 {0} 파일이 없습니다. 링크를 준 사람에게 문의하세요.",
        "git": "git이 끝내지 못했습니다. 아래는 git의 출력입니다. 다시 시도하거나 링크를 준 "
        "사람에게 문의하세요.",
        "hub": "허브가 시작한 작업 공간이 아니므로 연구실의 링크를 여기서 열 수 없습니다.",
        "portal": "연구실 포털이 응답하지 않습니다. 잠시 후 다시 시도하세요.",
        "unfinished": "이 폴더에 끝나지 않은 병합이나 리베이스가 있습니다. 터미널에서 끝내거나 "
        "취소한 뒤 다시 시도하세요.",
    },
}
"""Why it failed, by the one word that `pulling` has for it."""

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – Labdock</title>
<link rel="stylesheet" href="{static}opening.css">
</head>
<body>
<main id="opening" data-action="{action}" data-xsrf="{xsrf}" data-ready="{ready}"
      data-failed="{failed}" data-lost="{lost}">
<h1>{title}</h1>
<noscript><p class="bad">{script}</p></noscript>
<progress id="bar" aria-label="{begun}"></progress>
<p id="step" role="status">{begun}</p>
<div class="actions" id="ways" hidden>
<button type="button" id="again">{again}</button>
<a id="folder" href="{base}lab" hidden>{folder}</a>
<a href="{base}lab">{lab}</a>
</div>
<details id="box"><summary>{log}</summary><pre id="log" tabindex="0"></pre></details>
</main>
<script type="module" src="{static}opening.js"></script>
</body>
</html>
"""


def page(lang: str, base: str, number: str, xsrf: str) -> str:
    """The page; its script begins the work as soon as it is there."""
    words = {
        **TEXTS[lang],
        "lang": lang,
        "base": base,
        "static": base + _STATIC,
        "action": f"{base}labdock/open/{number}?lang={lang}",
        "xsrf": xsrf,
    }
    return _PAGE.format(**{name: escape(text) for name, text in words.items()})


def words_for(why: str, lang: str, *names: str) -> str:
    """What a person reads about a failure."""
    found = FAILURES[lang]
    return found.get(why, found["git"]).format(*names)


def told(line: bytes, lang: str, base: str) -> dict[str, str]:
    """One line of the process as the page gets it: with words, and with an address to open."""
    message: dict[str, str] = json.loads(line)
    if why := message.get("failed"):
        return {"failed": words_for(why, lang), "output": message.get("output", "")}
    if "done" not in message:
        return message
    url = f"{base}lab/tree/{quote(message['done'])}"
    if missing := message.get("missing"):
        return {"failed": words_for("file", lang, missing), "url": url}
    return {"url": url}


def language(wish: str, header: str = "") -> str:
    """The language that was asked for, else the browser's first."""
    if wish in TEXTS:
        return wish
    return "ko" if header.lower().startswith("ko") else "en"
