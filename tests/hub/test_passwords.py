from __future__ import annotations

import pytest

from hub.passwords import check_password, hash_password, new_password, verify_password
from workspace_cli.core.errors import InvalidOptionError


def test_a_hash_fits_its_password_and_no_other() -> None:
    kept = hash_password("correct horse")
    assert verify_password("correct horse", kept)
    assert not verify_password("correct horsf", kept)
    assert not verify_password("", kept)
    assert "correct" not in kept


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hash_password("correct horse") != hash_password("correct horse")


def test_a_lone_surrogate_is_a_wrong_password_and_not_a_crash() -> None:
    assert not verify_password("\ud800", hash_password("correct horse"))


@pytest.mark.parametrize(
    "password", ["", "1234567", "aaaaaaaa", "12121212", "kunyoung", "kunyoung1", "x" * 257, None, 8]
)
def test_easy_passwords_are_refused(password: object) -> None:
    with pytest.raises(InvalidOptionError):
        check_password(password, "kunyoung")


def test_a_generated_password_is_accepted() -> None:
    assert check_password(new_password(), "kunyoung")
