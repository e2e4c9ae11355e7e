"""URLs of stores: which backend they mean, and that their secrets stay in them."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

import needs
from pytest_mltestscore.domain.errors import ConfigError, InputError, StoreError
from pytest_mltestscore.store import masked, open_store
from pytest_mltestscore.store._address import Discretion, split
from pytest_mltestscore.store._failures import Failures


@pytest.mark.parametrize(
    "url, expected",
    [
        ("postgresql://me:pa55@db/scores", "postgresql://me:***@db/scores"),
        ("postgresql://me:@db/scores", "postgresql://me:***@db/scores"),
        ("postgresql://me:p@55@db/scores", "postgresql://me:***@db/scores"),
        ("postgresql://me:p/5:5@db:5432/scores", "postgresql://me:***@db:5432/scores"),
        ("postgresql://me@db/scores", "postgresql://me@db/scores"),
        (
            "postgresql://db/s?user=me&password=pa55&x=1",
            "postgresql://db/s?user=me&password=***&x=1",
        ),
        ("postgresql://db/s?sslpassword=pa55", "postgresql://db/s?sslpassword=***"),
        ("s3://AKIA:s3cret@bucket/a", "s3://AKIA:***@bucket/a"),
        ("az://c/p?sig=abc%3D&se=1", "az://c/p?sig=***&se=1"),
        ("abfs://container@account.dfs.example/p", "abfs://container@account.dfs.example/p"),
        ("build/scores", "build/scores"),
        ("/a:b@c", "/a:b@c"),
        ("s3://bucket/\x1b[31mred\n", "s3://bucket/red"),
    ],
)
def test_masked(url, expected):
    assert masked(url) == expected


PASSWORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=8)


@given(PASSWORDS)
def test_a_password_of_any_text_is_masked(password):
    shown = masked(f"postgresql://me:{password}@db/scores")
    assert shown == "postgresql://me:***@db/scores"


@given(PASSWORDS)
def test_a_password_is_masked_in_what_a_library_says(password):
    mask = Discretion(f"postgresql://me:{password}@db/scores", {})
    for said in (password, repr(password)[1:-1]):
        assert said not in mask(f"bad: {said}.")


def test_encoded_passwords_are_masked_in_every_form():
    mask = Discretion("postgresql://me:p%2F%40ss+w%C3%B6rd@db/s?sslpassword=k%26y", {})
    for form in ("p%2F%40ss+w%C3%B6rd", "p/@ss+wörd", "p%2F%40ss%2Bw%C3%B6rd", "k&y", "k%26y"):
        assert mask(f"got {form} here") == "got *** here"


def test_secrets_of_the_environment_are_masked():
    mask = Discretion("s3://bucket/a", {"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI"})
    assert mask("signed by wJalrXUtnFEMI") == "signed by ***"


@pytest.mark.parametrize(
    "url, expected",
    [
        ("s3://b/p", ("s3", "b/p")),
        ("S3://b", ("s3", "b")),
        ("postgresql+psycopg://h/d", ("postgresql+psycopg", "h/d")),
        ("C:\\scores", ("", "C:\\scores")),
        ("a//b", ("", "a//b")),
        ("://x", ("", "://x")),
        (".mlscore", ("", ".mlscore")),
    ],
)
def test_split(url, expected):
    assert split(url) == expected


@pytest.mark.parametrize(
    "url, message",
    [
        ("s4://bucket/a", "unknown scheme 's4'; did you mean s3://?"),
        ("mysql://me:pa55@db/x", "store 'mysql://me:***@db/x': unknown scheme 'mysql'"),
        ("", "store '': names no place"),
        ("  ", "names no place"),
        ("file://", "names no place"),
        ("a\0b", "names no place"),
    ],
)
def test_what_names_no_store_is_refused(url, message):
    with pytest.raises(ConfigError) as caught:
        open_store(url)
    assert message in str(caught.value)
    assert "pa55" not in str(caught.value)


def leaking(error):
    """Return a function that raises an error with the password in all that hangs on it."""

    def fail():
        try:
            raise ValueError("cause: hunter22")
        except ValueError as cause:
            raise error from cause

    return fail


@pytest.mark.parametrize(
    "error",
    [
        OSError("cannot reach hunter22"),
        OSError(5, "hunter22 is bad"),
        RuntimeError({"password": "hunter22"}),
        KeyError("hunter22"),
    ],
)
def test_what_libraries_raise_holds_no_password(error):
    failures = Failures("postgresql://me:hunter22@db/s", "look at it")
    with pytest.raises(StoreError) as caught:
        failures.run("read", leaking(error))
    assert "hunter22" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is caught.value.__context__ is None
    said = str(caught.value)
    assert said.startswith("postgresql://me:***@db/s: cannot be read: ")
    assert said.endswith("; look at it")
    assert "***" in said.partition("read: ")[2]


def test_an_error_without_a_text_is_named():
    with pytest.raises(StoreError, match="cannot be read: TimeoutError; wait"):
        Failures("a", "wait").run("read", leaking(TimeoutError()))


def test_our_own_errors_pass():
    with pytest.raises(InputError):
        Failures("a", "wait").run("read", leaking(InputError("a", "b")))


def test_a_store_shows_no_password():
    needs.module("sqlalchemy", "psycopg")
    store = open_store("postgresql://me:hunter22@db/scores?sslpassword=hunter22")
    assert "hunter22" not in repr(store) + store.place + str(vars(store))
