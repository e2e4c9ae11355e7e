import datetime as dt
import json
import os
import uuid
from decimal import Decimal

import pytest

import needs

needs.module_at_import("narwhals", "pandas", "sklearn", "scipy")

import numpy as np  # noqa: E402 - needs what was just asked for
import pandas as pd  # noqa: E402

from frames import KINDS, to_kind  # noqa: E402
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.data import _personal_data as personal  # noqa: E402
from pytest_mltestscore.checks.data import privacy_controls  # noqa: E402

EMAIL = "ada@example.org"


def rows(**columns):
    return pd.DataFrame({"size": [1.5, 2.0, None, 4.0], **columns})


def found(result):
    return {(row["where"], row["what"]): row["count"] for row in result.table}


def test_clean_data_holds_and_says_what_was_looked_at():
    result = privacy_controls(rows(word=["a", "b", None, "c"]))
    assert result
    assert result.summary == "nothing found in names of 2 columns; values by patterns"
    assert (result.rows_seen, result.rows_total) == (4, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_found_in_any_frame_and_never_shown(kind):
    data = rows(
        note=["a", f"write to {EMAIL}", None, EMAIL], ssn_like=["123-45-6789", "", "x", None]
    )
    result = privacy_controls(to_kind(kind, data))
    assert not result
    assert found(result)["column note", "e-mail"] == 2
    assert found(result)["column ssn_like", "US SSN"] == 1
    assert EMAIL not in repr(result)
    assert "6789" not in repr(result)


@pytest.mark.parametrize(
    "text, kind",
    [
        (EMAIL, "e-mail"),
        ("Jane <jane.doe+x@mail.example.co.uk>, late", "e-mail"),
        ("+49 30 1234567", "phone"),
        ("+14155552671", "phone"),
        ("(415) 555-2671", "phone"),
        ("030 1234567", "phone"),
        ("DE89 3704 0044 0532 0130 00", "IBAN"),
        ("to GB82WEST12345698765432.", "IBAN"),
        ("123-45-6789", "US SSN"),
        ("from 192.0.2.17", "IP address"),
        ("2001:db8::8a2e:370:7334", "IP address"),
    ],
)
def test_one_value_is_enough(text, kind):
    assert personal.count_by_pattern({text: 1}, personal.KINDS) == {kind: 1}


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02 12:30:15.123+02:00", "12:30:15", "1.2.3", "10.0.19045.1", "1700000000000",
        "DE89 3704 0044 0532 0130 01", "000-12-3456", "3.14159265358979", "127.0.0.1", "::1",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "aa:bb:cc:dd:ee:ff", "@home", "a@b", "-0.25",
        "ORDER-415-555-2671-9", "12345678901234567890",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_none(text):
    assert personal.count_by_pattern({text: 9}, personal.KINDS) == {}


def test_card_numbers_are_told_from_numbers_of_that_form():
    cards = ["4111111111111111", "378282246310005", "5555 5555 5555 4444"]
    assert personal.count_by_pattern(dict.fromkeys(cards, 1), personal.KINDS) == {"card number": 3}
    orders = {str(4 * 10**15 + 7 * n): 1 for n in range(300)}
    assert personal.count_by_pattern(orders, personal.KINDS) == {}
    assert personal.count_by_pattern({cards[0]: 1}, personal.KINDS) == {}


def test_card_numbers_in_columns_of_numbers_are_found():
    whole = rows(paid=[4111111111111111, 378282246310005, 5555555555554444, 4111111111111111])
    assert found(privacy_controls(whole))["column paid", "card number"] == 4
    gaps = rows(paid=[4111111111111111, None, 5555555555554444, np.nan])
    assert found(privacy_controls(gaps))["column paid", "card number"] == 2


def test_nested_values_and_categories_are_looked_into():
    data = rows(tags=[["a"], [EMAIL], [], None], kind=pd.Categorical(["a", EMAIL, "a", "a"]))
    assert found(privacy_controls(data)) == {
        ("column tags", "e-mail"): 1,
        ("column kind", "e-mail"): 1,
    }


@pytest.mark.parametrize("kind", ["polars", "polars lazy", "pyarrow", "duckdb"])
def test_lists_are_looked_into_in_any_frame(kind):
    data = pd.DataFrame({"tags": [["a", "b"], [EMAIL], None]})
    assert found(privacy_controls(to_kind(kind, data))) == {("column tags", "e-mail"): 1}


def test_what_is_not_looked_into_is_said():
    needs.module("polars")
    import polars as pl

    long = "x" * personal.LONGEST + EMAIL
    data = pl.DataFrame({"raw": [b"x"], "long": [long], "when": [dt.date(2024, 1, 2)]})
    [note] = privacy_controls(data).notes
    assert "not the bytes in raw" in note
    assert "only the first 10,000 characters in long" in note


@pytest.mark.parametrize(
    "column, kind",
    [
        ("customerEmail", "e-mail"), ("phone", "phone"), ("first_name", "name of a person"),
        ("firstname", "name of a person"), ("dob", "date of birth"),
        ("Birth Date", "date of birth"),
        ("street", "address"), ("client_ip", "IP address"), ("ssn", "number of a person"),
        ("cardNumber", "bank account"),
        ("name", None), ("headphones", None), ("tip", None), ("memory_address", None),
        ("customer_id", None), ("zip_code", None), ("distance", None),
    ],
)  # fmt: skip
def test_columns_are_known_by_name(column, kind):
    assert personal.kind_by_name(column) == kind


def test_a_flag_about_personal_data_is_none():
    assert privacy_controls(rows(has_phone=[True, False, True, True]), detector="none")


def test_what_is_allowed_is_shown_and_not_held_against_the_result():
    data = rows(email=[EMAIL, "", "", ""])
    assert not privacy_controls(data)
    result = privacy_controls(data, allowed={"email": "hashed tomorrow"})
    assert result
    assert {row["verdict"] for row in result.table} == {"allowed"}
    assert result.notes[-1] == "column email may hold personal data: hashed tomorrow"


def test_own_patterns_are_looked_for():
    data = rows(note=["by E123456", "x", "y", "z"])
    assert privacy_controls(data)
    assert found(privacy_controls(data, patterns={"staff": r"\bE\d{6}\b"})) == {
        ("column note", "staff"): 1
    }


@pytest.mark.parametrize("kind", KINDS)
def test_small_groups_are_counted_in_any_frame(kind):
    data = pd.DataFrame({"zip": ["a"] * 6 + ["b"] * 2 + [None], "year": [1970.0] * 8 + [np.nan]})
    result = privacy_controls(to_kind(kind, data), quasi_identifiers=["zip", "year"], k=3)
    assert not result
    assert result.table[0]["what"] == "fewer than 3 rows (least 1)"
    assert (result.table[0]["count"], result.table[0]["of"]) == (2, "3 groups")
    assert privacy_controls(to_kind(kind, data[:6]), quasi_identifiers=["zip"], k=6)


@pytest.mark.parametrize("kind", KINDS)
def test_deleted_people_are_counted_in_any_frame(kind):
    data = to_kind(kind, pd.DataFrame({"who": [1, 2, 3, 2], "size": [1, 2, 3, 4]}))
    result = privacy_controls(data, subject="who", deleted=[2, 9])
    assert found(result) == {("column who", "rows of deleted people"): 2}
    assert privacy_controls(data, subject="who", deleted={9})


@pytest.mark.parametrize("ids", [np.array([2]), pd.Series([2]), (2,), {2: "gone"}, iter([2])])
def test_deleted_ids_come_in_any_shape(ids):
    assert not privacy_controls(pd.DataFrame({"who": [1, 2]}), subject="who", deleted=ids)


def test_rows_of_nobody_are_findings():
    result = privacy_controls(pd.DataFrame({"who": ["a", None]}), subject="who", deleted=["z"])
    assert found(result) == {("column who", "rows of nobody knows whom"): 1}


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX file modes")
def test_files_that_others_may_read_are_counted(tmp_path):
    (tmp_path / "deep").mkdir()
    for name, mode in {"a.csv": 0o600, "b.csv": 0o640, "deep/c.csv": 0o666}.items():
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(mode)
    result = privacy_controls(files=[tmp_path])
    assert {what: n for (_, what), n in found(result).items()} == {
        "mode: readable by all": 1, "mode: writable by all": 1,
        "mode: readable by its group": 2, "mode: writable by its group": 1,
    }  # fmt: skip
    assert result.rows_total is None
    assert privacy_controls(files=[tmp_path / "a.csv"])
    assert privacy_controls(files=[tmp_path / "b.csv"], allowed_mode=0o640)


def allow(**parts):
    return {"Statement": {"Effect": "Allow", **parts}}


@pytest.mark.parametrize(
    "document",
    [
        allow(Principal="*"),
        allow(Principal={"AWS": ["arn:aws:iam::1:root", "*"]}),
        allow(NotPrincipal={"AWS": "arn:aws:iam::1:root"}),
        allow(Principal="*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        allow(Principal="*", Condition={"StringLike": {"aws:Referer": "https://example.org"}}),
        allow(Principal="*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}),
        {"Grants": [{"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}]},
        {"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]},
        {"bindings": [{"role": "r", "members": ["user:a@b.c", "allAuthenticatedUsers"]}]},
        [{"entity": "allUsers", "role": "READER"}],
        {"properties": {"publicAccess": "Container"}},
        {"allowBlobPublicAccess": True},
    ],
)
def test_open_policies_are_found(document):
    assert not privacy_controls(policies={"bucket": document})


@pytest.mark.parametrize(
    "document",
    [
        {"Statement": [{"Effect": "Deny", "Principal": "*"}]},
        allow(Principal={"AWS": "arn:aws:iam::1:role/train"}),
        allow(Principal="*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        {"Grants": [{"Grantee": {"ID": "1"}}]},
        {"bindings": [{"role": "r", "members": ["user:ada@example.org"]}]},
        [{"entity": "project-owners-1", "role": "OWNER"}],
        {"properties": {"publicAccess": "None"}},
    ],
)
def test_closed_policies_hold(document):
    assert privacy_controls(policies={"bucket": document})


def test_policies_come_as_text_or_file(tmp_path):
    text = json.dumps(allow(Principal="*"))
    (tmp_path / "policy.json").write_text(text)
    result = privacy_controls(policies={"text": text, "file": tmp_path / "policy.json"})
    assert set(found(result)) == {
        ("policy text", "statement for everybody"), ("policy file", "statement for everybody"),
    }  # fmt: skip


def test_a_sample_is_said():
    result = privacy_controls(rows(), max_rows=2)
    assert (result.rows_seen, result.rows_total) == (2, 4)
    assert result.notes[0].startswith("a random sample of 2 of 4 rows")


DATA = rows(who=["a", "b", "c", "d"])


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({}, "data", "is not given, nor are files or policies"),
        ({"policies": {"b": {"Grants": []}}, "quasi_identifiers": ["x"]}, "data", "is missing"),
        ({"data": DATA[:0]}, "data", "has no rows"),
        ({"data": DATA[:0], "detector": "none"}, "data", "has no rows"),
        ({"data": [1]}, "data", "is of type list"),
        ({"data": DATA, "allowed": {"wo": "x"}}, "data", "has no column 'wo'; did you mean 'who'?"),
        ({"data": DATA, "quasi_identifiers": ["zip"]}, "data", "has no column 'zip'"),
        ({"data": DATA, "quasi_identifiers": "who"}, "quasi_identifiers", "is the text"),
        ({"data": DATA, "quasi_identifiers": ["who"], "k": 1}, "k", "give 2 or more"),
        ({"data": DATA, "subject": "who"}, "deleted", "is missing"),
        ({"data": DATA, "deleted": ["a"]}, "subject", "is missing"),
        ({"data": DATA, "subject": "w", "deleted": ["a"]}, "data", "has no column 'w'"),
        ({"data": DATA, "subject": "who", "deleted": []}, "deleted", "is empty"),
        ({"data": DATA, "subject": "who", "deleted": "a"}, "deleted", "is of type str"),
        ({"data": DATA, "subject": "who", "deleted": 7}, "deleted", "is of type int"),
        ({"data": DATA, "subject": "who", "deleted": [7]}, "deleted", "ids of type int"),
        ({"data": DATA, "subject": "size", "deleted": ["1"]}, "deleted", "ids of type str"),
        ({"data": DATA, "subject": "who", "deleted": [None]}, "deleted", "holds missing ids"),
        ({"data": DATA, "detector": "magic"}, "detector", "is not one of patterns"),
        ({"data": DATA, "patterns": {"x": "("}}, "patterns", "'x' is no regular expression"),
        ({"files": ["/nowhere"]}, "files", "does not exist"),
        ({"files": "/nowhere"}, "files", "is one path"),
        ({"policies": {"b": {"x": 1}}}, "policies", "'b' is no policy that is known"),
        ({"policies": {"b": "{"}}, "policies", "cannot be read as JSON"),
        ({"policies": {"b": "/nowhere"}}, "policies", "cannot be read as JSON"),
        ({"policies": [{}]}, "policies", "is no mapping"),
    ],
)
def test_bad_arguments_are_named(options, argument, words):
    with pytest.raises(InputError, match=words) as caught:
        privacy_controls(options.pop("data", None), **options)
    assert caught.value.argument == argument


def test_an_empty_folder_is_no_pass(tmp_path):
    with pytest.raises(InputError, match="is an empty folder"):
        privacy_controls(files=[tmp_path])


class Analyzer:
    """Stands in for presidio, which is large."""

    def analyze(self, *, text, language, entities, score_threshold):
        return [type("Found", (), {"entity_type": "PERSON"})()] * 2 if "Jane" in text else []


def test_an_analyzer_of_your_own_is_asked():
    data = rows(note=["Jane was late", "x", EMAIL, "Jane was late"])
    result = privacy_controls(data, detector="presidio", analyzer=Analyzer())
    assert found(result) == {("column note", "PERSON"): 2}
    assert "values by presidio" in result.notes[0]


def test_presidio_finds_patterns_without_the_network(monkeypatch):
    needs.optional("presidio_analyzer")
    import socket

    def refuse(*_, **__):
        raise AssertionError("looked up a host")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    result = privacy_controls(rows(note=["x", f"to {EMAIL}", "y", "z"]), detector="presidio")
    assert found(result) == {("column note", "EMAIL_ADDRESS"): 1}


@pytest.mark.parametrize(
    "ids, deleted, words",
    [
        ([uuid.UUID(int=n) for n in range(4)], [str(uuid.UUID(int=1))], "is UUID"),
        ([1, 2, 3, 4], ["1"], "is int"),
    ],
)
def test_ids_of_another_type_than_an_object_column_holds_are_refused(ids, deleted, words):
    data = rows(person=pd.Series(ids, dtype=object))
    with pytest.raises(InputError, match=words):
        privacy_controls(data, subject="person", deleted=deleted)
    assert not privacy_controls(data, subject="person", deleted=[ids[1]])


@pytest.mark.parametrize("ids", [[*range(2_000), "7"], [*map(str, range(2_000)), 7]])
def test_ids_of_several_types_are_refused_wherever_they_stand(ids):
    data = pd.DataFrame({"person": pd.Series(ids, dtype=object)})
    with pytest.raises(InputError, match="subject: 'person' holds ids of types int and str"):
        privacy_controls(data, subject="person", deleted=["9"])


@pytest.mark.parametrize(
    "ids",
    [
        pd.Series([1, 7.0, 3, 4], dtype=object),
        pd.Series([1, Decimal(7), 3, 4], dtype=object),
        pd.Series([np.int64(7), 2, 3, 4], dtype=object),
        pd.Series([7, 8, 9, 10], dtype="category"),
    ],
)
def test_numbers_of_all_types_equal_each_other(ids):
    assert not privacy_controls(rows(person=ids), subject="person", deleted=[7])
    with pytest.raises(InputError, match="deleted: holds ids of type str"):
        privacy_controls(rows(person=ids), subject="person", deleted=["7"])


def test_a_column_of_which_no_id_is_seen_is_refused():
    needs.module("duckdb")
    import duckdb

    data = duckdb.sql("select null::uuid as person from range(4)")
    with pytest.raises(InputError, match="subject: 'person' holds no values"):
        privacy_controls(data, subject="person", deleted=[uuid.UUID(int=1)])
