"""Tells by a file's name that it is likely to hold a secret: standard library alone.

Paths have no slash in front. A name alone is enough only where hardly anything else is
ever called so; what needs a look inside is left to ``suspects_contents.py``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import lru_cache

_TOKEN = "access token"  # noqa: S105 - a kind, as the others
_PASSWORDS = "passwords"
_CLOUD = "cloud credentials"
_KEY = "private key"
_HISTORY = "history"
_RUNTIME = "server's keys"

_WHOLE_NAMES: Mapping[str, tuple[str, str]] = {
    ".netrc": (_PASSWORDS, "names, passwords and tokens of other machines"),
    "_netrc": (_PASSWORDS, "names, passwords and tokens of other machines"),
    ".git-credentials": (_PASSWORDS, "git's stored passwords and tokens"),
    ".pypirc": (_PASSWORDS, "passwords and tokens for uploading packages"),
    ".pgpass": (_PASSWORDS, "PostgreSQL's stored passwords"),
    ".my.cnf": (_PASSWORDS, "MySQL's stored passwords"),
    ".mylogin.cnf": (_PASSWORDS, "MySQL's stored passwords"),
    ".Renviron": ("variables", "variables of R, often with tokens"),
    ".s3cfg": (_CLOUD, "keys of an object store"),
    ".boto": (_CLOUD, "keys of an object store"),
    ".vault-token": (_TOKEN, "a token of Vault"),
    ".htpasswd": (_PASSWORDS, "passwords of a web server"),
    "kaggle.json": (_TOKEN, "Kaggle's name and key"),
    "client_secret.json": (_CLOUD, "an application's secret"),
    "service_account.json": (_CLOUD, "a service account's key"),
    "application_default_credentials.json": (_CLOUD, "Google Cloud's credentials"),
    "notebook_secret": (_RUNTIME, "the key that signs notebooks"),
    "jupyter_cookie_secret": (_RUNTIME, "the key of a server's logins"),
    "jupyterhub_cookie_secret": (_RUNTIME, "the key of a server's logins"),
    "id_rsa": (_KEY, "a private SSH key"),
    "id_dsa": (_KEY, "a private SSH key"),
    "id_ecdsa": (_KEY, "a private SSH key"),
    "id_ecdsa_sk": (_KEY, "a private SSH key"),
    "id_ed25519": (_KEY, "a private SSH key"),
    "id_ed25519_sk": (_KEY, "a private SSH key"),
    ".viminfo": (_HISTORY, "what was typed and copied in vim"),
    ".lesshst": (_HISTORY, "what was searched for in less"),
    ".Rhistory": (_HISTORY, "what was typed in R"),
    "fish_history": (_HISTORY, "what was typed in a shell"),
}
_ENDS: Mapping[str, tuple[str, str]] = {
    ".p12": (_KEY, "a key store"),
    ".pfx": (_KEY, "a key store"),
    ".kdbx": (_PASSWORDS, "a password store"),
    ".ppk": (_KEY, "a private SSH key"),
}
# Ends of a file's path.
_PLACES: tuple[tuple[str, str, str], ...] = (
    (".config/rclone/rclone.conf", _CLOUD, "keys of stores that rclone uses"),
    (".kube/config", _CLOUD, "a Kubernetes cluster's credentials"),
    (".terraform.d/credentials.tfrc.json", _TOKEN, "a token of Terraform"),
    ("huggingface/token", _TOKEN, "a token of Hugging Face"),
    ("huggingface/stored_tokens", _TOKEN, "tokens of Hugging Face"),
    (".huggingface/token", _TOKEN, "a token of Hugging Face"),
    (".config/gh/hosts.yml", _TOKEN, "a token of GitHub"),
    (".config/hub", _TOKEN, "a token of GitHub"),
    (".config/glab-cli/config.yml", _TOKEN, "a token of GitLab"),
    (".config/wandb/settings", _TOKEN, "a key of Weights & Biases"),
    (".config/pypoetry/auth.toml", _TOKEN, "tokens of package indexes"),
    (".cargo/credentials", _TOKEN, "a token of a package registry"),
    (".cargo/credentials.toml", _TOKEN, "a token of a package registry"),
    (".gem/credentials", _TOKEN, "a token of a package registry"),
    (".streamlit/secrets.toml", _PASSWORDS, "an application's secrets"),
    (".config/code-server/config.yaml", _PASSWORDS, "a server's password"),
    (".claude/.credentials.json", _TOKEN, "a token of a program that writes code"),
    (".codex/auth.json", _TOKEN, "a token of a program that writes code"),
    (".gnupg/secring.gpg", _KEY, "private keys of GnuPG"),
    (".ipython/profile_default/history.sqlite", _HISTORY, "what was typed in IPython"),
    ("fish/fish_history", _HISTORY, "what was typed in a shell"),
)
# Folders of which every file counts.
_FOLDERS: tuple[tuple[str, str, str], ...] = (
    (".aws/", _CLOUD, "Amazon's keys and settings"),
    (".azure/", _CLOUD, "Azure's tokens and settings"),
    (".config/gcloud/", _CLOUD, "Google Cloud's credentials and settings"),
    (".oci/", _CLOUD, "Oracle Cloud's keys and settings"),
    (".kaggle/", _TOKEN, "Kaggle's name and key"),
    (".config/github-copilot/", _TOKEN, "a token of a program that writes code"),
    (".gnupg/private-keys-v1.d/", _KEY, "private keys of GnuPG"),
    (".local/share/keyrings/", _PASSWORDS, "stored passwords"),
    (".local/share/jupyter/runtime/", _RUNTIME, "keys and tokens of servers and kernels"),
)
_FILES = {
    name: tuple(row for row in _PLACES if posixpath.basename(row[0]) == name)
    for name in {posixpath.basename(place) for place, _, _ in _PLACES}
}
_APT = re.compile(r"^etc/apt/auth\.conf(?:\.d/.+)?$")
_HISTORIES = re.compile(
    r"^\.(?:bash|zsh|sh|ksh|dash|python|python3|node_repl|sqlite|psql|mysql|mariadb|rediscli|irb"
    r"|scala|julia|ghci|octave|maxima|gdb|dbshell|mongosh|duckdb)_?(?:hist|history)$"
)
_ENVS = re.compile(r"^\.env(?:\.[\w.-]+)?$|^[\w.-]+\.env$|^\.envrc$")
_EXAMPLES = re.compile(r"(?:example|sample|template|dist|schema|defaults?)$")


def by_name(path: str) -> tuple[str, str] | None:
    """Return what a file is likely to hold and why, judged by its name; None for most.

    >>> by_name("home/member/.netrc")
    ('passwords', 'names, passwords and tokens of other machines')
    >>> by_name("home/member/project/.env.example")
    """
    name = posixpath.basename(path)
    if name in _WHOLE_NAMES:
        return _WHOLE_NAMES[name]
    if _HISTORIES.match(name):
        return _HISTORY, "what was typed at a prompt"
    if _ENVS.match(name) and not _EXAMPLES.search(name):
        return "variables", "variables of a program, often with passwords and tokens"
    if _APT.match(path):
        return _PASSWORDS, "apt's passwords for package archives"
    return _by_place(path) or _ENDS.get(posixpath.splitext(name)[1].lower())


def _by_place(path: str) -> tuple[str, str] | None:
    folder, _, name = path.rpartition("/")
    for place, kind, why in _FILES.get(name, ()):
        if f"/{path}".endswith(f"/{place}"):
            return kind, why
    return _by_folder(folder)


@lru_cache(maxsize=65536)
def _by_folder(folder: str) -> tuple[str, str] | None:
    """Judge a folder whose every file counts: asked once for all of them."""
    for place, kind, why in _FOLDERS:
        if f"/{place}" in f"/{folder}/":
            return kind, why
    return None


def is_example(path: str) -> bool:
    """Tell whether a path lies among documentation, examples or data for tests."""
    parts = path.split("/")
    return path.startswith(("usr/share/doc/", "usr/share/man/", "usr/share/info/")) or bool(
        _EXAMPLE_FOLDERS.intersection(parts[:-1])
    )


_EXAMPLE_FOLDERS = frozenset(
    ("test", "tests", "testing", "testdata", "test-data", "test_data", "fixtures", "examples")
)
