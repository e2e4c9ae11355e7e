"""Secrets do not get into texts; versions name no machine and no person."""

from __future__ import annotations

import getpass
import json
import platform
import socket
import sys
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_mltestscore.provenance import SecretMask, mask_secrets, versions

SECRET = "canary-1f9d"


@pytest.mark.parametrize(
    "name",
    [
        "MLS_TOKEN",
        "token",
        "AWS_SECRET_ACCESS_KEY",
        "APIKEY",
        "PGPASSWORD",
        "DB_PASSWD",
        "GPG_PASSPHRASE",
        "SMTP_PASS",
        "MYSQL_PWD",
        "AZURE_CREDENTIALS",
        "DOCKER_AUTH_CONFIG",
        "HTTP_AUTHORIZATION",
        "Authorisation",
    ],
)
def test_values_of_variables_named_like_secrets_are_masked(name):
    assert mask_secrets(f"a {SECRET}, b", {name: SECRET}) == "a ***, b"


@pytest.mark.parametrize(
    "name", ["GIT_AUTHOR_NAME", "KEYBOARD_LAYOUT", "PWD", "OLDPWD", "COMPASS", "XAUTHORITY", "HOME"]
)
def test_values_of_other_variables_are_left(name):
    assert mask_secrets(f"a {SECRET}", {name: SECRET}) == f"a {SECRET}"


def test_short_values_are_left():
    assert (
        mask_secrets("seven77 eight888", {"A_KEY": "seven77", "B_KEY": "eight888"}) == "seven77 ***"
    )
    assert mask_secrets("empty", {"A_KEY": ""}) == "empty"


def test_a_secret_that_contains_another_goes_as_a_whole():
    environ = {"A_TOKEN": SECRET, "B_TOKEN": f"prefix-{SECRET}-suffix"}
    assert mask_secrets(f"prefix-{SECRET}-suffix and {SECRET}", environ) == "*** and ***"


@pytest.mark.parametrize(
    "shape",
    [
        str,
        repr,
        json.dumps,
        lambda secret: quote(secret, safe=""),
        lambda secret: secret.replace("\n", "\r\n"),
        lambda secret: " ".join(secret.split()),
    ],
    ids=["bare", "repr", "json", "quoted", "crlf", "one line"],
)
def test_a_secret_is_known_in_the_shapes_that_messages_give_it(shape):
    secret = "-----BEGIN KEY-----\nline/one+é'\"\\x\nline-two=====\n"
    masked = mask_secrets(f"<{shape(secret)}>", {"DEPLOY_KEY": secret})
    for part in ("BEGIN", "line", "one", "two"):
        assert part not in masked


def test_values_that_are_no_unicode_do_no_harm():
    assert mask_secrets("text", {"A_KEY": "\udcff" * 9, "B_KEY": "\ud800" * 9}) == "text"


@pytest.mark.parametrize(
    "text, masked",
    [
        ("postgres://me:pa55@db/x", "postgres://me:***@db/x"),
        ("(https://me:pa55@host:80/a)", "(https://me:***@host:80/a)"),
        ("redis://:pa55@host", "redis://:***@host"),
        ("x://me:p@ss@host/a", "x://me:***@host/a"),
        ("x://me:p/ss@host/a", "x://me:***@host/a"),
        ("x://me:p/s@s@host/a@b", "x://me:***@host/a@b"),
        ("x://me:12/34x", "x://me:12/34x"),
        ("x://me:p:s'?#s@host/a", "x://me:***@host/a"),
        ("x://me:@host", "x://me:***@host"),
        ("a://u:p1@h,b://u:p2@h", "a://u:***@h,b://u:***@h"),
        ("'a://u:p1@h' \"b://u:p2@h\" <c://u:p3@h>", "'a://u:***@h' \"b://u:***@h\" <c://u:***@h>"),
        ("https://github_pat_11ABCDEFG@github.com/a", "https://***@github.com/a"),
        ("https://github_pat_11ABCDEFG:x-oauth@github.com/a", "https://***:***@github.com/a"),
    ],
)
def test_passwords_in_addresses_are_masked(text, masked):
    assert SecretMask({})(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "https://host:8080/path@v1",
        "docker://registry:5000/image@sha256:abc",
        "ssh://git@github.com/a/b",
        "https://host/a:b@c",
        "https://host/a?mail=a@b",
        "http://[::1]:80/a@b",
        "s3://bucket/key",
        "a::b://",
        "me:pa55@host",
        "no address, 3 : 4 @ 5",
    ],
)
def test_addresses_without_a_password_are_left(text):
    assert SecretMask({})(text) == text


@given(st.text(min_size=8), st.text(), st.text())
def test_a_masked_secret_is_gone_wherever_it_stood(secret, before, after):
    bare = secret.strip()
    assume(len(bare) >= 8 and "*" not in bare)
    assert bare not in mask_secrets(f"{before}{bare}{after}", {"A_TOKEN": secret})


@given(st.text(alphabet="ab:/@?#[]' \n", max_size=60))
def test_any_text_can_be_masked_and_masking_twice_changes_nothing(text):
    mask = SecretMask({})
    assert mask(mask(f"x://{text}")) == mask(f"x://{text}")


def test_versions_are_of_python_pytest_and_platform_only():
    assert versions("9.0.1") == {
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "pytest": "9.0.1",
    }
    assert set(versions()) == {"python", "platform"}


def test_versions_name_no_machine_and_no_person(monkeypatch):
    monkeypatch.setattr(socket, "gethostname", lambda: "canary-host")
    monkeypatch.setattr(platform, "node", lambda: "canary-host")
    monkeypatch.setattr(getpass, "getuser", lambda: "canary-user")
    assert "canary" not in str(versions())
