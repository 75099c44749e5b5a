"""The login page of a container that stands by itself."""

from __future__ import annotations

from html import escape

PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

_TEXTS = {
    "en": {
        "title": "Log in",
        "lead": "This workspace asks for a name and a password.",
        "name": "Name",
        "password": "Password",
        "enter": "Enter",
        "wrong": "The name or the password is wrong.",
        "throttled": "Too many wrong tries. Wait a minute, then try again.",
    },
    "ko": {
        "title": "로그인",
        "lead": "이 작업 공간에 들어가려면 이름과 비밀번호가 필요합니다.",
        "name": "이름",
        "password": "비밀번호",
        "enter": "들어가기",
        "wrong": "이름이나 비밀번호가 맞지 않습니다.",
        "throttled": "잘못된 시도가 너무 많습니다. 1분 뒤에 다시 해 보세요.",
    },
}

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Labdock</title>
<style>
:root {{ color-scheme: light dark; --ink: #1b2430; --paper: #f4f6f8; --card: #fff;
  --line: #c6ced8; --accent: #1f5fbf; --wrong: #b3261e; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e6eaf0; --paper: #12171e; --card: #1b222c;
  --line: #3a4656; --accent: #6ea3f5; --wrong: #ff8a80; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif; }}
main {{ width: 100%; max-width: 22rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 12px; }}
h1 {{ margin: 0 0 .25rem; font-size: 1.4rem; }}
p {{ margin: 0 0 1.25rem; }}
label {{ display: block; margin: 0 0 1rem; font-weight: 600; }}
input {{ display: block; width: 100%; margin-top: .25rem; padding: .6rem .7rem; font: inherit;
  color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 8px; }}
button {{ width: 100%; padding: .7rem; font: inherit; font-weight: 600; color: var(--card);
  background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; }}
input:focus-visible, button:focus-visible {{ outline: 3px solid var(--accent);
  outline-offset: 2px; }}
.error {{ color: var(--wrong); font-weight: 600; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{lead}</p>
{error}
<form method="post" action="login">
{xsrf}
<input type="hidden" name="next" value="{next_url}">
<label>{name}
<input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required
 autofocus></label>
<label>{password}
<input name="password" type="password" autocomplete="current-password" required></label>
<button type="submit">{enter}</button>
</form>
</main>
</body>
</html>
"""


def language(accepted: str) -> str:
    """`ko` or `en`, whichever an Accept-Language header prefers; English where neither is named.

    >>> language("fr;q=0.9, ko-KR;q=0.8, en;q=0.5"), language("en-US,en;q=0.9,ko;q=0.8")
    ('ko', 'en')
    """
    best, found = 0.0, "en"
    for part in accepted.split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.split("-")[0].strip().lower()
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if primary in _TEXTS and quality > best:
            best, found = quality, primary
    return found


def login_page(lang: str, *, xsrf: bytes | str, next_url: str, error: str = "") -> str:
    """The whole page. `xsrf` is tornado's hidden field; `error` is a key of the texts or empty."""
    texts = _TEXTS[lang]
    message = f'<p class="error" role="alert">{escape(texts[error])}</p>' if error else ""
    return _PAGE.format(
        lang=lang,
        xsrf=xsrf.decode() if isinstance(xsrf, bytes) else xsrf,
        next_url=escape(next_url),
        error=message,
        **{key: escape(texts[key]) for key in ("title", "lead", "name", "password", "enter")},
    )
