"""What looks like a secret, what does not, and what is a cache."""

from __future__ import annotations

import base64
import io

import pytest

from workspace_cli.core.suspects_caches import cache_of
from workspace_cli.core.suspects_contents import Known, by_content
from workspace_cli.core.suspects_names import by_name

HOME = "home/member"
LETTERS = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"
KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n-----END"


@pytest.mark.parametrize(
    "path",
    [
        *(".netrc", ".git-credentials", ".pypirc", ".pgpass", ".env", ".env.local", "prod.env"),
        *(".ssh/id_ed25519", ".aws/credentials", ".aws/config", ".kube/config", ".bash_history"),
        *(".config/gcloud/credentials.db", ".kaggle/kaggle.json", ".cache/huggingface/token"),
        *(".config/gh/hosts.yml", ".python_history", ".sqlite_history", ".psql_history"),
        *(".lesshst", ".zsh_history", ".ipython/profile_default/history.sqlite", "keys.p12"),
        *(".local/share/jupyter/runtime/kernel-1.json", ".gnupg/private-keys-v1.d/A.key"),
        *(".config/rclone/rclone.conf", ".streamlit/secrets.toml", ".Renviron"),
    ],
)
def test_names_that_are_secrets_wherever_they_are(path: str) -> None:
    assert by_name(f"{HOME}/{path}")
    assert by_name(f"root/{path}")


@pytest.mark.parametrize("path", ["etc/apt/auth.conf", "etc/apt/auth.conf.d/lab.conf"])
def test_apts_passwords(path: str) -> None:
    assert by_name(path)


@pytest.mark.parametrize(
    "path",
    [
        *(".env.example", ".env.sample", ".ssh/id_ed25519.pub", ".ssh/known_hosts"),
        *(".ssh/authorized_keys", ".ssh/config", ".bashrc", ".profile", ".gitconfig", "env.py"),
        *(
            "environment.yml",
            ".config/gh/config.yml",
            "notes/history.md",
            "tokens.py",
            "kube/config",
        ),
        *("model/tokenizer.json", ".cache/huggingface/hub/models--x/refs/main", "cacert.pem"),
    ],
)
def test_names_that_are_not(path: str) -> None:
    assert by_name(f"{HOME}/{path}") is None


@pytest.mark.parametrize(
    "path, text",
    [
        ("deploy.key", KEY),
        ("cell.ipynb", '{"source": ["key = \\"' + KEY.replace("\n", "\\n") + '\\""]}'),
        ("a.py", f'client("ghp_{LETTERS}")'),
        ("a.md", f"use github_pat_{LETTERS}{LETTERS} for it"),
        ("a.yml", f"image: glpat-{LETTERS[:20]}"),
        ("a.ipynb", f'"login(\\"hf_{LETTERS[:34]}\\")"'),
        ("a.js", f"key('sk-proj-{LETTERS}')"),
        ("a.txt", "AKIA2E0A8F3B4C5D6E7F"),
        ("a.html", f"AIza{LETTERS[:35]}"),
        ("a.log", "xoxb-123456789012-abcdefGHIJ"),
        ("a.http", "Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4fwpM"),
        (".npmrc", "//registry.example/:_authToken=0a1b2c3d-4e5f"),
        (".pip/pip.conf", "[global]\nindex-url = https://kim:geheim99@mirror.lab/simple"),
        ("a.git/config", "url = https://oauth2:geheim99@git.lab/x.git"),
        ("auth", "machine git.lab login kim password geheim"),
        (".bashrc", "export WANDB_API_KEY=0123456789abcdef"),
        ("run.sh", "DB_PASSWORD='x1y2'"),
        ("settings.yaml", "database:\n  password: geheim99"),
        ("config.toml", 'client_secret = "q8w7e6r5"'),
        ("config.json", '{"user": "kim", "password": "geheim99"}'),
        ("train.py", 'wandb_api_key = "0a1b2c3d4e5f"'),
        ("cell.ipynb", '{"source": ["api_key = \\"0a1b2c3d4e5f\\"\\n"]}'),
        (".docker/config.json", '{"auths": {"lab": {"auth": "a2ltOmdlaGVpbQ=="}}}'),
        (".jupyter/jupyter_server_config.py", "c.ServerApp.token = 'a1b2c3d4e5'"),
        ("notes.txt", "PASSWORD=1234"),
        ("repo/.git/config", "extraheader = AUTHORIZATION: basic a2ltOmdlaGVpbTk5eHl6"),
        ("call.sh", f"curl -H 'Authorization: Bearer {LETTERS}' http://x"),
        ("wg0.conf", f"PrivateKey = {LETTERS}="),
    ],
)
def test_contents_that_are_secrets(path: str, text: str) -> None:
    told = by_content(f"{HOME}/{path}", text.encode())
    assert told
    assert not any(part in f"{told}" for part in (LETTERS[:8], "geheim", "0a1b", "1234", "a1b2"))


@pytest.mark.parametrize(
    "path, text",
    [
        ("train.py", "token = tokenizer.encode(text)\npassword = getpass()\nkey = cfg['api_key']"),
        ("model.py", 'pad_token = "<|endoftext|>"\neos_token="[SEP]"\nsecret = os.environ["S"]'),
        ("special_tokens_map.json", '{"pad_token": "endoftext50256", "mask_token": "mask00001"}'),
        ("README.md", "Set the password: choose a good one. token = your token"),
        ("run.sh", "export HF_TOKEN=$TOKEN\nPASSWORD=${1:?}\nAPI_KEY=<your key>\nTOKEN="),
        ("compose.yaml", "password: ${DB_PASSWORD}\ntoken: null\nsecret: changeme"),
        ("a.env.py", 'API_KEY = "YOUR_API_KEY"\nTOKEN = "example"'),
        ("page.html", '<input type="password" name="password">'),
        ("urls.py", "https://user:$PASSWORD@host/ https://user:<password>@host/ http://host:80/@x"),
        ("cert.pem", "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----"),
        (
            "pub.asc",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\nabc\n-----END PGP PUBLIC KEY BLOCK-----",
        ),
        ("doc.txt", "a file with -----BEGIN PRIVATE KEY----- in its first line"),
        ("a.py", "ghp_" + "x" * 36),
        ("aws.md", "AKIAIOSFODNN7EXAMPLE"),
        ("data.csv", "token,count\nthe,100\npassword,3"),
        ("training.yaml", "max_tokens: 1000000\ntokens: 3000000\nkey: value\nnum_keys: 8"),
        ("ssl.c", "if (token == TOKEN_PASSWORD) secret = key;"),
        ("files.py", 'PASSWD = "/etc/passwd"'),
        ("ko.py", '{"password": "비밀번호 없음"}'.replace(" ", "")),
        ("names.py", 'PASSWORD = "DB_PASSWORD"'),
        ("bootstrap.js", "const DATA_API_KEY = '.data-api'\nx={token:\"variable-2\"}"),
        ("min.js", "a;" * 15_000 + 'password="geheim99"'),
        ("call.md", "curl -H 'Authorization: Bearer YOUR_TOKEN_HERE' or Bearer $TOKEN"),
        ("binary", "PASSWORD=abcdefgh\0\1\2"),
    ],
)
def test_contents_that_are_not(path: str, text: str) -> None:
    assert by_content(f"{HOME}/{path}", text.encode()) is None


def test_an_account_with_a_password_and_those_without_one() -> None:
    assert by_content("etc/shadow", b"root:*:19000:0:99999:7:::\nmember:!:19000::::::\n") is None
    assert by_content("etc/shadow", b"root:*:1::::::\nmember:$y$j9T$abc:19000::::::\n")


def test_examples_and_documentation_are_no_secrets() -> None:
    text = b"password = geheim99"
    assert by_content("home/member/tool/tests/settings.cfg", text) is None
    assert by_content("usr/share/doc/postgresql/sample.cfg", text) is None
    assert by_content("opt/env/lib/python3.11/site-packages/x/settings.cfg", text) is None
    assert by_content("root/node_modules/x/test/test.key", KEY.encode()) is None
    assert by_content("root/tests/test.key", KEY.encode())


def test_a_line_of_a_megabyte_takes_no_time() -> None:
    assert by_content("home/member/a.json", b"token" * 200_000) is None
    assert by_content("home/member/a.json", b'"key": ' * 150_000) is None
    assert by_content("home/member/a.txt", b"://" * 300_000) is None
    assert by_content("home/member/a.txt", b"machine " * 130_000) is None
    assert by_content("home/member/a.txt", b"-----BEGIN " * 90_000 + b"PRIVATE KEY") is None
    assert by_content("home/member/a.txt", b"://" + b"a" * 1_000_000) is None


@pytest.mark.parametrize(
    "form",
    [
        b"tok-1234-abcd/e",
        base64.b64encode(b"tok-1234-abcd/e"),
        b"tok-1234-abcd/e".hex().encode(),
        b"tok-1234-abcd%2Fe",
    ],
)
def test_a_known_secret_is_found_in_every_form(form: bytes) -> None:
    known = Known.of(["tok-1234-abcd/e"])
    for before in (0, 5, 2**20 - 30):
        assert known.within(io.BytesIO(b"\0" * before + form.rstrip(b"=") + b"!"))
    assert not known.within(io.BytesIO(b"tok-1234-abcd" * 1000))


def test_a_known_secret_is_found_across_pieces_of_a_large_file() -> None:
    known = Known.of(["tok-1234-abcd/e", "kim:tok-1234-abcd/e"])
    for before in (2**20 - 14, 2**20 - 7, 2**20 - 1, 2**20, 3 * 2**20 - 1):
        assert known.within(io.BytesIO(b"\0" * before + b"tok-1234-abcd/e"))
        assert not known.within(io.BytesIO(b"\0" * before + b"tok-1234-abcd/f"))


def test_a_short_password_counts_where_it_is_one() -> None:
    known = Known.of(["1234"])
    assert known.within(io.BytesIO(b"password: 1234\n"))
    assert known.within(io.BytesIO(b"AUTH='1234'"))
    assert not known.within(io.BytesIO(b"there are 1234 of them; x=12345"))
    assert not Known.of(["", "1", "abc"])


@pytest.mark.parametrize(
    "path, cache",
    [
        ("home/member/.cache/pip/http/a", ("home/member/.cache/pip", "pip")),
        ("root/.cache/uv/x", ("root/.cache/uv", "uv")),
        ("home/member/.npm/_cacache/index/x", ("home/member/.npm/_cacache", "npm")),
        ("var/cache/apt/archives/x.deb", ("var/cache/apt", "apt")),
        ("var/lib/apt/lists/x", ("var/lib/apt/lists", "apt")),
        ("home/member/miniconda3/pkgs/x/y", ("home/member/miniconda3/pkgs", "conda")),
        (
            "home/member/.cache/huggingface/hub/models--a/blobs/b",
            ("home/member/.cache/huggingface", "models"),
        ),
        ("home/member/.cache/torch/hub/x.pt", ("home/member/.cache/torch", "models")),
        ("home/member/.cache/matplotlib/x", ("home/member/.cache/matplotlib", "programs")),
        (
            "home/member/a/.ipynb_checkpoints/x.ipynb",
            ("home/member/a/.ipynb_checkpoints", "checkpoints"),
        ),
    ],
)
def test_caches(path: str, cache: tuple[str, str]) -> None:
    assert cache_of(path, 10) == cache


def test_core_dumps_are_large_and_called_so() -> None:
    assert cache_of("home/member/core.12", 2**20) == ("home/member/core.12", "core dump")
    assert cache_of("home/member/core", 100) is None
    assert cache_of("home/member/core.py", 2**20) is None


@pytest.mark.parametrize(
    "path",
    ["home/member/cache/x", "opt/env/lib/x/__pycache__/a.pyc", "home/member/.cache", "pkgs/x"],
)
def test_what_is_no_cache(path: str) -> None:
    assert cache_of(path, 10) is None
