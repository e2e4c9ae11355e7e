"""Plugins of other packages, as the command sees them: without pytest, and never fatal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pluggy
import pytest

from pytest_mltestscore import catalog, hookspecs
from pytest_mltestscore.cli import _extensions
from pytest_mltestscore.cli._extensions import extra_reporters, extra_rubrics
from pytest_mltestscore.reporters import Reporter

hookimpl = pluggy.HookimplMarker("pytest")
NUMBER = Reporter("number", "number.txt", "the score", lambda record: f"{record.score.final:g}\n")
FOLDER = catalog.available()["ml-test-score-2016"]


@pytest.fixture
def install(monkeypatch):
    """Pretend that packages with these modules are installed, by the names of the modules."""

    def pretend(**modules):
        points = []
        for name, module in modules.items():
            if module is not None:
                monkeypatch.setitem(sys.modules, name, module)
            points.append(EntryPoint(f"{name}-point", name, _extensions.GROUP))
        monkeypatch.setattr(_extensions, "entry_points", lambda group: [*points, *points])

    return pretend


def plugin(**hooks):
    module = ModuleType("theirs")
    vars(module).update(hooks)
    return module


def test_without_plugins_there_is_nothing(install, capsys):
    install()
    assert (extra_reporters(), extra_rubrics()) == ((), {})
    assert capsys.readouterr().err == ""


def test_marked_and_unmarked_hooks_count_as_they_do_in_pytest(install, capsys):
    @hookimpl(trylast=True)
    def marked():
        return [NUMBER]

    def unmarked():
        return (NUMBER._replace(name="other"),)

    install(
        one=plugin(pytest_mlscore_reporters=marked),
        two=plugin(pytest_mlscore_reporters=unmarked, pytest_mlscore_data={}),
    )
    assert {r.name for r in extra_reporters()} == {"number", "other"}
    assert capsys.readouterr().err.count("\n") == 1  # about `pytest_mlscore_data`


def test_rubrics_of_plugins_are_loaded(mlscore, install, tmp_path):
    shutil.copytree(FOLDER, tmp_path / "rubric")
    header = tmp_path / "rubric" / "rubric.toml"
    text = header.read_text("utf-8").replace('"ml-test-score-2016"', '"ours"')
    header.write_text(text, encoding="utf-8")
    install(ours=plugin(pytest_mlscore_rubrics=lambda: {"ours": str(tmp_path / "rubric")}))
    done = mlscore("list", "--rubric", "ours")
    assert (done.code, done.err) == (0, "")
    assert "(ours " in done.out.splitlines()[0]


def test_reports_of_plugins_are_made(mlscore, save, install):
    install(ours=plugin(pytest_mlscore_reporters=lambda: [NUMBER]))
    assert mlscore("report", save("r.json"), "--type=number:n.txt").code == 0
    assert Path("n.txt").read_text("utf-8") == "0\n"


def broken_hook():
    raise RuntimeError("out\nof order")


def leaving_hook():
    raise SystemExit("bye")


def wrong_hook(colour):
    return []


@pytest.mark.parametrize(
    "module,warning",
    [
        (None, "not loaded: ModuleNotFoundError: No module named 'theirs'"),
        (
            plugin(pytest_mlscore_reporters=wrong_hook),
            "not loaded: PluginValidationError: Plugin 'theirs' for hook 'pytest_mlscore_reporters",
        ),
        (
            plugin(pytest_mlscore_reporters=broken_hook),
            "pytest_mlscore_reporters failed: RuntimeError: out of order",
        ),
        (
            plugin(pytest_mlscore_reporters=leaving_hook),
            "pytest_mlscore_reporters failed: SystemExit: bye",
        ),
        (
            plugin(pytest_mlscore_reporters=lambda: ["number"]),
            "'number' is not a pytest_mltestscore.Reporter",
        ),
        (
            plugin(pytest_mlscore_reporters=lambda: 3),
            "3 is not a pytest_mltestscore.Reporter",
        ),
        (
            plugin(pytest_mlscore_reporter=list),
            "its hook pytest_mlscore_reporter is unknown to this version; did you mean pytest_mlsc",
        ),
        (plugin(pytest_mlscore_xyz=list), "its hook pytest_mlscore_xyz is unknown to this version"),
    ],
)
def test_a_broken_plugin_is_named_and_the_others_go_on(install, capsys, module, warning):
    install(ours=plugin(pytest_mlscore_reporters=lambda: [NUMBER]), theirs=module)
    assert extra_reporters() == (NUMBER,)
    err = capsys.readouterr().err
    assert err.startswith(f"mlscore: warning: plugin theirs: {warning}")
    assert err.count("\n") == 1


@pytest.mark.parametrize("value", [["ours"], "ours", 3])
def test_rubrics_that_are_no_mapping_are_left_out(install, capsys, value):
    install(theirs=plugin(pytest_mlscore_rubrics=lambda: value))
    assert extra_rubrics() == {}
    assert capsys.readouterr().err == (
        f"mlscore: warning: plugin theirs: {value!r} is not a mapping of rubric ids to folders\n"
    )


def test_two_rubrics_of_one_id_are_not_mixed_up(install, capsys):
    def rubrics():
        return {"r": Path("somewhere")}

    install(one=plugin(pytest_mlscore_rubrics=rubrics), two=plugin(pytest_mlscore_rubrics=rubrics))
    assert extra_rubrics() == {"r": Path("somewhere")}
    assert "its rubric 'r' is left out: another plugin has that id" in capsys.readouterr().err


def test_every_hook_is_documented_and_the_specs_need_no_pytest():
    hooks = [n for n in vars(hookspecs) if n.startswith(_extensions.PREFIX)]
    assert hooks == [f"pytest_mlscore_{kind}" for kind in ("reporters", "rubrics", "faults")]
    assert all(">>> " in getattr(hookspecs, name).__doc__ for name in hooks)
    program = "import sys, pytest_mltestscore.hookspecs; print('pytest' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_the_specs_serve_pytests_own_manager(pytester):
    pytester.makeconftest(
        """
        from pytest_mltestscore import hookspecs

        def pytest_addhooks(pluginmanager):
            if not hasattr(pluginmanager.hook, "pytest_mlscore_rubrics"):
                pluginmanager.add_hookspecs(hookspecs)

        def pytest_mlscore_rubrics():
            return {"ours": "somewhere"}

        def pytest_configure(config):
            assert {"ours": "somewhere"} in config.hook.pytest_mlscore_rubrics()
        """
    )
    assert pytester.runpytest_subprocess("--collect-only", "-p", "no:randomly").ret == 5
