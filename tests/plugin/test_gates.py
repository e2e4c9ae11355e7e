"""Gates: what they ask, what they answer, and that nobody hears two different verdicts."""

from __future__ import annotations

import datetime as dt

import pytest

ALL_SECTIONS = """
import pytest
@pytest.mark.mlscore("data-1", "model-1", "infra-1", "monitor-1")
def test_all(): pass
"""


@pytest.fixture
def one_each(pytester):
    """A suite with one automated item in each section: the score is 1."""
    pytester.makepyfile(test_suite=ALL_SECTIONS)


@pytest.mark.parametrize(
    "gate, status, code",
    [
        (["--mlscore-fail-under=1"], "passed", 0),
        (["--mlscore-fail-under=1.5"], "failed", 10),
        (["--mlscore-fail-under=1.0001"], "failed", 10),
        (["--mlscore-fail-under=7"], "failed", 10),
        (["--mlscore-fail-under-section=data=1"], "passed", 0),
        (
            ["--mlscore-fail-under-section=data=1", "--mlscore-fail-under-section=model=2"],
            "failed",
            10,
        ),
        (["--mlscore-require=data-1"], "passed", 0),
        (["--mlscore-require=feature-schema:automated,model-1"], "passed", 0),
        (["--mlscore-require=data-2"], "failed", 10),
        (["--mlscore-strict"], "passed", 0),
        (["--mlscore-baseline=no.json", "--mlscore-fail-on-regression"], "passed", 0),
        (
            ["--mlscore-baseline=no.json", "--mlscore-fail-on-regression", "--mlscore-strict"],
            "undecided",
            11,
        ),
        ([], "not-asked", 0),
    ],
)
@pytest.mark.parametrize("mode", [[], ["-n", "1"]], ids=["serial", "xdist"])
def test_gate(score, one_each, gate, status, code, mode):
    scored = score(*gate, *mode)
    assert scored.record["gate"]["status"] == status
    assert scored.ret == code
    assert scored.last_line.startswith("mlscore:")


def test_verdict_comes_after_the_green_line_of_pytest(score, one_each):
    scored = score("--mlscore-fail-under=7")
    lines = [line for line in scored.result.outlines if line.strip()]
    assert "1 passed" in lines[-2]
    assert "GATE FAILED" in lines[-1].upper()
    assert "score 1, required 7" in lines[-1]


def test_exit_code_of_pytest_wins(score, pytester):
    pytester.makepyfile(ALL_SECTIONS + "def test_red(): assert 0")
    scored = score("--mlscore-fail-under=7")
    assert scored.ret == 1
    assert "10" in scored.last_line


def test_every_condition_is_listed_with_expected_and_found(score, one_each):
    scored = score("--mlscore-fail-under=0.5", "--mlscore-require=data-2,data-1:automated")
    checks = {
        (c["rule"], c["expected"], c["actual"], c["ok"]) for c in scored.record["gate"]["checks"]
    }
    assert checks == {
        ("fail_under", ">= 0.5", "1", True),
        ("require", "automated", "automated", True),
        ("require", "automated or manual", "missing", False),
    }


@pytest.mark.parametrize(
    "option, message",
    [
        ("--mlscore-fail-under=nan", "fail-under"),
        ("--mlscore-fail-under=inf", "fail-under"),
        ("--mlscore-fail-under=-1", "from 0 to 7"),
        ("--mlscore-fail-under=8", "from 0 to 7"),
        ("--mlscore-fail-under=3,0", "did you mean 3.0?"),
        ("--mlscore-fail-under=", "fail-under"),
        ("--mlscore-fail-under=1e400", "fail-under"),
        ("--mlscore-fail-under-section=dta=1", "did you mean 'data'?"),
        ("--mlscore-fail-under-section=data", "SECTION=N"),
        ("--mlscore-require=canry", "did you mean 'canary'?"),
        ("--mlscore-require=data-1:full", "full"),
        ("--mlscore-report=hmtl", "did you mean 'html'?"),
        ("--mlscore-report=term:itms", "did you mean term:items?"),
        ("--mlscore-rubric=ml-test-scor", "did you mean 'ml-test-score'?"),
        ("--mlscore-now=yesterday", "now"),
        ("--mlscore-fail-on-regression", "--mlscore-baseline=FILE"),
        ("--mlscore-report=html:same.x --mlscore-report=md:same.x", "two reports"),
    ],
)
def test_bad_values_are_usage_errors_and_cost_nothing(plain, pytester, one_each, option, message):
    kept = pytester.path / "out.json"
    kept.write_text('{"old": true}', encoding="utf-8")
    result = plain("--mlscore", "--mlscore-report=json:out.json", *option.split())
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert message in result.stderr.str()
    assert "Traceback" not in result.stderr.str()
    assert kept.read_text(encoding="utf-8") == '{"old": true}'


@pytest.mark.parametrize(
    "ini, code",
    [
        ("[pytest]\nmlscore = true\nmlscore_fail_under = 7\n", 10),
        ("[pytest]\nmlscore = true\nmlscore_fail_under = 0.5\n", 0),
        ("[pytest]\nmlscore = true\nmlscore_require =\n    data-1\n    data-2\n", 10),
        ("[pytest]\nmlscore = true\nmlscore_fail_under_section = data=1\n", 0),
        (
            (
                "[pytest]\nmlscore = true\nmlscore_strict = true\n"
                "mlscore_fail_on_regression = true\nmlscore_baseline = no.json\n"
            ),
            11,
        ),
        ("[pytest]\nmlscore = false\nmlscore_fail_under = 7\n", 0),
        ("[pytest]\nmlscore = true\nmlscore_fail_under = nan\n", 4),
        ("[pytest]\nmlscore = true\nmlscore_fail_under = high\n", 4),
    ],
)
def test_ini_keys(plain, pytester, one_each, ini, code):
    pytester.makeini(ini)
    result = plain()
    assert result.ret == code
    assert "Traceback" not in result.stderr.str()


@pytest.mark.parametrize("table", ["[tool.pytest]", "[tool.pytest.ini_options]"])
def test_toml_ini_keys(plain, pytester, one_each, table):
    if table == "[tool.pytest]" and pytest.version_tuple < (9,):
        pytest.skip("native TOML configuration came with pytest 9")
    pytester.makepyprojecttoml(
        f"{table}\nmlscore = true\nmlscore_fail_under = {7.0 if table == '[tool.pytest]' else 7}\n"
        'mlscore_report = ["json:build/out.json"]\n'
    )
    result = plain()
    assert result.ret == 10
    assert (pytester.path / "build/out.json").exists()


def test_command_line_beats_ini(plain, pytester, one_each):
    pytester.makeini("[pytest]\nmlscore = true\nmlscore_fail_under = 7\n")
    assert plain("--mlscore-fail-under=1").ret == 0
    result = plain("--no-mlscore")
    assert result.ret == 0
    assert "mlscore:" not in result.stdout.str()


def test_origin_of_every_setting_is_recorded(score, pytester, one_each):
    pytester.makeini("[pytest]\nmlscore_fail_under = 0.5\n")
    config = score("--mlscore-strict").record["config"]
    assert (
        config["fail_under"] == {"origin": "pytest.ini", "value": 0.5}
        or config["fail_under"]["origin"] == "tox.ini"
    )
    assert config["strict"] == {"origin": "command line", "value": True}
    assert config["require"] == {"origin": "default", "value": []}


def test_regression_behind_an_unchanged_minimum(score, pytester):
    pytester.makepyfile(
        test_suite=ALL_SECTIONS
        + "@pytest.mark.mlscore('data-2')\ndef test_more():\n    import os\n"
        "    assert not os.path.exists('worse')\n"
    )
    first = score()
    (pytester.path / "out.json").rename(pytester.path / "base.json")
    again = score("--mlscore-baseline=base.json", "--mlscore-fail-on-regression")
    assert again.ret == 0
    assert again.record["baseline"]["changes"] == []
    (pytester.path / "worse").touch()
    worse = score("--mlscore-baseline=base.json", "--mlscore-fail-on-regression")
    assert worse.record["score"]["final"] == first.record["score"]["final"]
    assert worse.record["gate"]["status"] == "failed"
    assert worse.record["baseline"]["changes"][0]["item"] == "data-2"


MEASURED = """
import pytest
@pytest.mark.mlscore("data-1", "model-1", "infra-1", "monitor-1")
def test_auc(mlscore):
    mlscore.record("auc", 0.65, limit=">= {limit}")
    assert 0.65 >= {limit}
"""


def test_a_limit_that_gave_way_is_pointed_out_and_fails_a_strict_gate(score, pytester):
    pytester.makepyfile(test_suite=MEASURED.format(limit=0.7))
    assert score().ret == 1
    (pytester.path / "out.json").rename(pytester.path / "base.json")
    pytester.makepyfile(test_suite=MEASURED.format(limit=0.6))
    scored = score("--mlscore-baseline=base.json", "--mlscore-fail-under=1")
    assert scored.ret == 0
    assert scored.record["baseline"]["loosened"] == [
        {
            "what": "auc limit",
            "before": ">= 0.7",
            "after": ">= 0.6",
            "found": "0.65",
            "item": "data-1",
            "test": "test_suite.py::test_auc",
        }
    ]
    line = "LOOSENED data-1 auc limit >= 0.7 -> >= 0.6 (now 0.65)"
    assert line in scored.result.outlines
    strict = score("--mlscore-baseline=base.json", "--mlscore-strict")
    assert strict.ret == 10
    assert strict.last_line.startswith("mlscore: GATE FAILED  loosened: data-1 auc limit >= 0.7")


def test_an_odd_baseline_costs_no_score(score, one_each, pytester):
    score("--mlscore-fail-under=0")
    text = (pytester.path / "out.json").read_text("utf-8")
    odd = text.replace('"require"', '"require":{"origin":"x","value":[1,{}]},"of_old"')
    assert odd != text
    (pytester.path / "base.json").write_text(odd, "utf-8")
    scored = score("--mlscore-baseline=base.json", "--mlscore-fail-under=1")
    assert scored.ret == 0
    assert scored.record["baseline"]["status"] == "compared"


def test_a_floor_that_can_be_raised_is_named_in_one_line(score, one_each):
    scored = score("--mlscore-fail-under=0.5", "--mlscore-fail-under-section=data=0")
    assert scored.record["gate"]["nudges"] == [
        "fail_under could be 1",
        "fail_under_section could be data=1",
    ]
    assert "Floor:   fail_under could be 1 (and 1 more)" in scored.result.outlines
    assert "Floor:" not in str(score("--mlscore-fail-under=1").result.outlines)


def test_baseline_at_the_path_of_the_report(score, one_each):
    score()
    scored = score("--mlscore-baseline=out.json", "--mlscore-fail-on-regression")
    assert scored.record["baseline"]["status"] == "compared"
    assert scored.ret == 0


@pytest.mark.parametrize(
    "content, message",
    [
        ("", "base.json"),
        ("{", "base.json"),
        ('{"report_format": "other"}', "base.json"),
        ('{"report_format": "mlscore", "schema_version": "2.0"}', "2.0"),
        ("[1, NaN]", "base.json"),
    ],
)
def test_baseline_that_cannot_be_read(score, pytester, one_each, content, message):
    (pytester.path / "base.json").write_text(content, encoding="utf-8")
    scored = score("--mlscore-baseline=base.json", expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    assert message in scored.result.stderr.str()


def test_partial_run_is_no_baseline(score, pytester, one_each):
    score("test_suite.py")
    (pytester.path / "out.json").rename(pytester.path / "base.json")
    scored = score("--mlscore-baseline=base.json", "--mlscore-fail-on-regression")
    assert scored.record["baseline"]["status"] == "not-comparable"


ATTESTED = """
[[attestations]]
item = "data-2"
owner = "ml-platform"
date = 2026-01-10
expires = 2026-03-31
summary = "Ablation of all features"
distributed_to = "ml-team@"
link = "https://example.org/ablation"

[[waivers]]
item = "infra-6"
reason = "batch scoring only"
owner = "ml-platform"
expires = 2026-06-30

[policy]
max_waivers = {cap}
"""


@pytest.mark.parametrize(
    "now, state, points",
    [
        ("2026-01-10", "manual", 0.5),
        ("2026-03-31", "manual", 0.5),
        ("2026-03-31T23:59:59Z", "manual", 0.5),
        ("2026-04-01", "expired", 0.0),
        ("2026-04-01T00:30:00+02:00", "manual", 0.5),
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_attestations_through_time(
    score, pytester, one_each, monkeypatch, now, state, points, zone
):
    monkeypatch.setenv("TZ", zone)
    pytester.makefile(".toml", mlscore=ATTESTED.format(cap=1))
    scored = score(f"--mlscore-now={now}")
    assert scored.state("data-2") == state
    assert scored.item("data-2")["points"] == points


def test_source_date_epoch(score, pytester, one_each, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1774915200")  # 2026-03-31
    pytester.makefile(".toml", mlscore=ATTESTED.format(cap=1))
    scored = score()
    assert scored.record["date"] == "2026-03-31"
    assert scored.item("data-2")["attestation"]["freshness"] == "expiring"
    began = dt.datetime.fromisoformat(scored.record["run"]["started_at"])
    assert abs(dt.datetime.now(dt.UTC) - began) < dt.timedelta(hours=1)


def test_waiver_silences_its_gate_and_earns_nothing(score, pytester, one_each):
    pytester.makefile(".toml", mlscore=ATTESTED.format(cap=1))
    scored = score("--mlscore-now=2026-02-01", "--mlscore-require=infra-6")
    assert scored.ret == 0
    assert scored.item("infra-6")["points"] == 0
    late = score("--mlscore-now=2026-07-01", "--mlscore-require=infra-6")
    assert late.ret == 10


def test_too_many_waivers(score, pytester, one_each):
    pytester.makefile(".toml", mlscore=ATTESTED.format(cap=0))
    assert score("--mlscore-now=2026-02-01").ret == 10


def test_failing_test_beats_an_attestation(score, pytester):
    pytester.makefile(".toml", mlscore=ATTESTED.format(cap=1))
    pytester.makepyfile("import pytest\n@pytest.mark.mlscore('data-2')\ndef test(): assert 0")
    assert score("--mlscore-now=2026-02-01").state("data-2") == "failing"


def test_policy_require_ci(score, pytester, one_each, monkeypatch):
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TRAVIS"):
        monkeypatch.delenv(name, raising=False)
    pytester.makefile(".toml", mlscore="[policy]\nrequire_ci = true\n")
    assert score().state("data-1") == "withheld"
    monkeypatch.setenv("CI", "true")
    assert score().state("data-1") == "automated"


@pytest.mark.parametrize(
    "config, messages",
    [
        ("[[attestations]]\nitem = 'data-1'\n", ["attestations[0].owner", "attestations[0].date"]),
        ("[tags]\n'x' = 'dta-1'\n", ["dta-1", "did you mean"]),
        ("sytem = 'x'\n", ["sytem", "system"]),
        ("[tags\n", ["mlscore.toml"]),
    ],
)
def test_bad_configuration(score, pytester, one_each, config, messages):
    pytester.makefile(".toml", mlscore=config)
    scored = score(expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    for message in messages:
        assert message in scored.result.stderr.str()
    assert "Traceback" not in scored.result.stderr.str()


@pytest.mark.parametrize("option", ["--mlscore-fail-under=7", "--mlscore-strict"])
def test_options_without_mlscore_are_refused(plain, one_each, option):
    result = plain(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "does nothing without --mlscore" in result.stderr.str()
    assert plain(option, "--no-mlscore").ret == 0


def test_baseline_that_is_a_folder(score, one_each):
    scored = score("--mlscore-baseline=.", expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    assert "--mlscore-report=json:FILE" in scored.result.stderr.str()


def test_strict_wants_the_baseline_that_was_named(score, one_each):
    assert score("--mlscore-strict", "--mlscore-baseline=no.json").ret == 11


def test_strict_counts_an_attestation_of_the_future_as_out_of_force(score, pytester, one_each):
    pytester.makefile(".toml", mlscore=ATTESTED.format(cap=1))
    assert score("--mlscore-now=2025-12-01", "--mlscore-strict").ret == 10


def test_header_names_the_gates(score, one_each):
    result = score("--mlscore-fail-under=1", "--mlscore-strict").result
    result.stdout.fnmatch_lines(["mlscore: rubric *, gate: fail-under, strict"])
