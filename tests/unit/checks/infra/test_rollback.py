import sys
import time

import pytest

import needs

needs.module_at_import("numpy", "scipy")

from loopback_server import answering  # noqa: E402 - needs what was just asked for
from pytest_mltestscore import InputError  # noqa: E402
from pytest_mltestscore.checks.infra import rollback  # noqa: E402

GOLDEN = [0.2, 0.7]


class Registry:
    """Two versions, and which one is served."""

    def __init__(self, previous=GOLDEN, delay_s=0.0):
        self.versions = {1: list(previous), 2: [0.3, 0.6]}
        self.alias, self.delay_s, self.moved = 2, delay_s, 0.0

    def move_to(self, version):
        def move():
            if self.versions[version] is None:
                raise FileNotFoundError(f"no version {version}")
            self.before, self.alias, self.moved = self.alias, version, time.monotonic()

        return move

    def ask(self):
        late = time.monotonic() - self.moved < self.delay_s
        return self.versions[self.before if late else self.alias]


def drill(registry, **options):
    options = {"restore": registry.move_to(2), "max_seconds": 5.0, **options}
    return rollback(registry.move_to(1), registry.ask, GOLDEN, **options)


def test_a_rollback_that_works_holds_and_is_undone():
    registry = Registry()
    result = drill(registry)
    assert result
    assert result.volatile
    assert [row["verdict"] for row in result.table] == ["ok", "ok"]
    assert registry.alias == 2


def test_serving_may_take_a_while_but_not_too_long():
    assert drill(Registry(delay_s=0.1))
    registry = Registry(delay_s=0.3)
    result = drill(registry, max_seconds=0.1)
    assert not result
    assert "still the predictions of the other version" in result.table[0]["found"]


def test_an_action_that_is_slow_itself_is_too_late():
    registry = Registry()

    def slow():
        time.sleep(0.2)
        registry.move_to(1)()

    result = rollback(slow, registry.ask, GOLDEN, restore=registry.move_to(2), max_seconds=0.1)
    assert not result
    assert result.table[0]["found"] == "the expected predictions, too late"


def test_a_missing_previous_version_is_found_and_serving_goes_on():
    registry = Registry()
    registry.versions[1] = None
    result = drill(registry)
    assert not result
    assert "raised FileNotFoundError: no version 1" in result.summary
    assert registry.alias == 2


@pytest.mark.parametrize(
    "previous, found",
    [
        ([0.2, 0.8], "predictions that are off by 0.05 on average"),
        ([0.2], "1 predictions, 2 expected"),
        ([0.2, float("nan")], "no usable answer: predictions that are not finite"),
        ([], "no usable answer: no predictions"),
    ],
)
def test_a_corrupt_previous_version_is_found(previous, found):
    registry = Registry(previous)
    result = drill(registry, max_seconds=0.1)
    assert not result
    assert result.table[0]["found"] == found
    assert registry.alias == 2


def test_a_rollback_that_does_nothing_is_found():
    registry = Registry()
    options = {"restore": registry.move_to(2), "max_seconds": 0.1}
    assert not rollback(lambda: None, registry.ask, GOLDEN, **options)


def test_a_failed_restoration_is_said_loudly():
    registry = Registry()
    result = drill(registry, restore=lambda: None, max_seconds=0.1)
    assert not result
    assert "version N IS NOT BEING SERVED" in result.notes[0]


def test_restoring_is_tried_also_when_interrupted():
    registry = Registry()

    def interrupted():
        registry.move_to(1)()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rollback(interrupted, registry.ask, GOLDEN, restore=registry.move_to(2))
    assert registry.alias == 2


def test_version_n_can_be_deployed_first():
    registry = Registry()
    registry.alias = 1
    assert drill(registry, deploy=registry.move_to(2), restore=None)
    assert registry.alias == 2


def test_commands_move_what_a_server_reads(tmp_path):
    alias = tmp_path / "alias"
    alias.write_text("2")
    registry = Registry()
    write = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"

    def to(version):
        return [sys.executable, "-I", "-S", "-c", write, str(alias), version]

    def answer(body):
        return {"score": registry.versions[int(alias.read_text() or 2)][body["row"]]}

    with answering(answer) as url:
        result = rollback(
            to("1"), url, GOLDEN, restore=to("2"), requests=[{"row": 0}, {"row": 1}], read="score"
        )
        assert result
        failing = ["false"]
        options = {"restore": to("2"), "requests": [{"row": 0}, {"row": 1}], "read": "score"}
        result = rollback(failing, url, GOLDEN, **options)
    assert not result
    assert "exit status 1" in result.summary
    assert alias.read_text() == "2"


def failing():
    raise ConnectionError("nobody there")


@pytest.mark.parametrize(
    "options, argument, words",
    [
        ({"restore": None}, "restore", "is missing"),
        ({"restore": "make restore"}, "restore", "is no list of words"),
        ({"roll_back": "make rollback"}, "roll_back", "is no list of words"),
        ({"golden": []}, "golden", "no predictions"),
        ({"golden": [float("nan")] * 2}, "golden", "not finite"),
        ({"golden": [0.3, 0.6]}, "golden", "is what is served before the rollback"),
        ({"ask": failing}, "ask", "version N does not answer: ConnectionError: nobody there"),
        ({"ask": 3}, "ask", "is of type int"),
        ({"ask": "http://example.org"}, "ask", "is not this machine"),
        ({"ask": "http://127.0.0.1:9"}, "requests", "give a list of bodies"),
        ({"deploy": ["false"]}, "deploy", "failed: exit status 1"),
        ({"max_seconds": 0}, "max_seconds", "give a number above 0"),
        ({"tolerance": float("nan")}, "tolerance", "give 0 or more"),
    ],
)
def test_bad_arguments_are_named(options, argument, words):
    registry = Registry()
    given = {"roll_back": registry.move_to(1), "ask": registry.ask, "golden": GOLDEN}
    given |= {"restore": registry.move_to(2), **options}
    with pytest.raises(InputError, match=words) as caught:
        rollback(given.pop("roll_back"), given.pop("ask"), given.pop("golden"), **given)
    assert caught.value.argument == argument
