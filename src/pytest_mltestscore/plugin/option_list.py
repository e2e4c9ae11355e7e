"""All options and ini keys of a run. Light: every pytest run imports it."""

from __future__ import annotations

from typing import Literal, NamedTuple

IniType = Literal["bool", "float", "linelist", "string"]


class Option(NamedTuple):
    """A command line option `--mlscore-NAME` and the ini key `mlscore_NAME`."""

    name: str
    ini_type: IniType
    metavar: str
    help: str

    @property
    def flag(self) -> str:
        """The option as typed."""
        return f"--mlscore-{self.name.replace('_', '-')}"

    @property
    def key(self) -> str:
        """The ini key, and the name of the parsed option."""
        return f"mlscore_{self.name}"


OPTIONS = (
    Option(
        "report",
        "linelist",
        "TYPE[:DEST]",
        "write a report: term[:items|line|off], html, html-dir, json, md, md-comment, github, "
        "junit, ctrf, badge, badge-json, prometheus; repeatable. DEST is a file, by default "
        "mlscore.html and so on, for html-dir a folder, for github standard output (-)",
    ),
    Option(
        "rubric",
        "string",
        "ID|PATH",
        "rubric to score by: ml-test-score (default), ml-test-score-2016, or a folder with a "
        "rubric.toml",
    ),
    Option(
        "system",
        "linelist",
        "NAME",
        "score this system alone, of the several that [tool.mlscore.systems] declares; repeatable",
    ),
    Option("fail_under", "float", "N", "exit with 10 if the score is below N"),
    Option(
        "fail_under_section",
        "linelist",
        "SECTION=N",
        "exit with 10 if the section is below N, such as data=4; repeatable",
    ),
    Option(
        "fail_under_proof",
        "float",
        "SHARE",
        "exit with 10 if fewer than SHARE (0 to 1) of the automated items are proven; needs "
        "--mlscore-prove",
    ),
    Option(
        "require",
        "linelist",
        "ITEM[:LEVEL]",
        "exit with 10 unless the item is at least manual, or automated with data-1:automated; "
        "repeatable, or with commas",
    ),
    Option(
        "baseline",
        "string",
        "FILE|branch:NAME|commit:HASH",
        "compare with this JSON record of an earlier run, or with the newest complete run in the "
        "store of a branch or commit",
    ),
    Option(
        "store",
        "string",
        "URL",
        "score this run together with what is still fresh in a store of run records: a folder, "
        "s3://, gs://, az://, sqlite:/// or postgresql:// (default: $MLSCORE_STORE)",
    ),
    Option(
        "store_write",
        "string",
        "ci|always|never",
        "when the record of this run goes into the store: in CI (default), always, or never",
    ),
    Option(
        "shard",
        "string",
        "K/N",
        "this run is part K of N of one that is spread over jobs; the store then knows which "
        "parts are missing",
    ),
    Option(
        "fail_on_regression",
        "bool",
        "",
        "exit with 10 if any item earns less than in the baseline",
    ),
    Option(
        "prove",
        "bool",
        "",
        "run passed tests of items again with faults in what fixtures give them, to show that they "
        "can fail; costs several times the tests' own time",
    ),
    Option(
        "prove_depth",
        "string",
        "quick|full",
        "quick (default): a test is done with once it caught a fault, or was run again 7 times; "
        "full: try every fault wherever it fits",
    ),
    Option(
        "prove_budget",
        "float",
        "SECONDS",
        "spend no more than this on proving, in each process; what was left out is said",
    ),
    Option(
        "prove_isolation",
        "string",
        "auto|process",
        "auto (default): run a test with a fault in a process of its own if the fault may crash "
        "it; process: with every fault",
    ),
    Option(
        "prove_only",
        "string",
        "FAULT",
        "prove with this fault alone, at every place that it fits, and show what it changed; "
        "brings --mlscore and --mlscore-prove along",
    ),
    Option(
        "strict",
        "bool",
        "",
        "let gates also fail on expired statements, flaky tests and bounds that were loosened "
        "since the baseline, and exit with 11 on partial runs and missing baselines",
    ),
    Option(
        "now",
        "string",
        "DATE",
        "judge expiry as of this date (ISO 8601, UTC); beats SOURCE_DATE_EPOCH",
    ),
)
