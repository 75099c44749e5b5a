"""One-time codes: RFC 6238's own vectors, and that each code is good once."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from hub.second_factor import STEP, SecondFactors, address_of, code_at, picture
from workspace_cli.core.database import Database
from workspace_cli.core.errors import InvalidOptionError

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    "at,code",
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    # The standard's appendix B has eight digits; six are the end of them.
    assert code_at(RFC_SECRET, at // STEP) == code[-6:]


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def factors(tmp_path: Path, clock: Clock) -> Iterator[SecondFactors]:
    database = Database(f"sqlite:///{tmp_path / 'labdock.sqlite'}")
    yield SecondFactors(database, clock)
    database.close()


def code(secret: str, clock: Clock, steps: int = 0) -> str:
    return code_at(secret, int(clock.now) // STEP + steps)


def test_a_factor_counts_from_when_a_code_was_right(factors: SecondFactors, clock: Clock) -> None:
    secret = factors.begin("kim")
    assert factors.begin("kim") == secret, "a second window sets up the same"
    assert factors.find("kim") is None
    assert factors.verify("kim", code(secret, clock)) is False
    with pytest.raises(InvalidOptionError):
        factors.confirm("kim", "000000" if code(secret, clock) != "000000" else "111111")
    assert factors.find("kim") is None

    assert len(set(factors.confirm("kim", code(secret, clock)))) == 10
    assert factors.names() == {"kim"}
    with pytest.raises(InvalidOptionError, match="in use already"):
        factors.begin("kim")


def test_a_code_is_good_once_and_near_its_time(factors: SecondFactors, clock: Clock) -> None:
    secret = factors.begin("kim")
    factors.confirm("kim", code(secret, clock))
    assert factors.verify("kim", code(secret, clock)) is False, "used to set it up"
    clock.now += 60
    assert factors.verify("kim", code(secret, clock, -2)) is False
    assert factors.verify("kim", code(secret, clock, 2)) is False
    assert factors.verify("kim", code(secret, clock, -1)) is True
    spaced = f"{code(secret, clock)[:3]} {code(secret, clock)[3:]}"
    assert factors.verify("kim", spaced) is True
    assert factors.verify("kim", spaced) is False
    assert factors.verify("kim", code(secret, clock, -1)) is False, "older than the last one"


def test_recovery_codes_are_good_once_and_kept_as_hashes(
    factors: SecondFactors, clock: Clock
) -> None:
    codes = factors.confirm("kim", code(factors.begin("kim"), clock))
    with factors._database.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM labdock_second_factor").fetchall())
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)
    assert factors.verify("kim", codes[3].upper().replace("-", " ")) is True
    assert factors.verify("kim", codes[3]) is False
    found = factors.find("kim")
    assert found is not None
    assert found.recovery_left == 9


@pytest.mark.parametrize(
    "given", ["", "12345", "１２３４５６", "\udc80", "abc-def-ghi", "0" * 5000]
)
def test_nonsense_is_a_wrong_code(factors: SecondFactors, clock: Clock, given: str) -> None:
    factors.confirm("kim", code(factors.begin("kim"), clock))
    assert factors.verify("kim", given) is False
    assert factors.verify("nobody", given) is False


def test_the_picture_holds_what_an_app_needs() -> None:
    address = urlsplit(address_of(RFC_SECRET, "김 철수"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/Labdock:김 철수"
    assert parse_qs(address.query)["secret"] == [RFC_SECRET]
    assert picture(RFC_SECRET, "kim").startswith("data:image/svg+xml")
