"""What may leave: an allow-list, whatever else the environment holds."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_mltestscore import provenance
from pytest_mltestscore.provenance import _ci, ci_branch, ci_facts, git_facts, versions

ALLOWED = frozenset(
    [
        "BUILDKITE_BRANCH",
        "BUILDKITE_BUILD_URL",
        "BUILD_BUILDID",
        "BUILD_SOURCEBRANCH",
        "BUILD_URL",
        "BRANCH_NAME",
        "CHANGE_BRANCH",
        "CIRCLE_BRANCH",
        "CIRCLE_BUILD_URL",
        "CI_COMMIT_BRANCH",
        "CI_JOB_URL",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
        "GITHUB_HEAD_REF",
        "GITHUB_REF_NAME",
        "GITHUB_REPOSITORY",
        "GITHUB_RUN_ATTEMPT",
        "GITHUB_RUN_ID",
        "GITHUB_SERVER_URL",
        "GIT_BRANCH",
        "BUILDKITE_JOB_ID",
        "SYSTEM_COLLECTIONURI",
        "SYSTEM_PULLREQUEST_SOURCEBRANCH",
        "SYSTEM_TEAMPROJECT",
        "TRAVIS_BRANCH",
        "TRAVIS_BUILD_WEB_URL",
        "TRAVIS_JOB_WEB_URL",
        "TRAVIS_PULL_REQUEST_BRANCH",
        *("GITHUB_WORKFLOW", "GITHUB_JOB", "CI_JOB_GROUP_NAME", "CI_JOB_NAME", "JOB_NAME"),
        *("STAGE_NAME", "TRAVIS_BUILD_STAGE_NAME", "TRAVIS_JOB_NAME", "BUILD_DEFINITIONNAME"),
        *("SYSTEM_JOBNAME", "AGENT_JOBNAME", "CIRCLE_JOB", "BUILDKITE_LABEL", "BUILDKITE_STEP_KEY"),
        "BUILDKITE_PIPELINE_SLUG",
    ]
)
"""Variables that a fact may be made of: parts of a job's address, its name, and branches."""

TEMPTING = [
    "USER",
    "LOGNAME",
    "HOME",
    "HOSTNAME",
    "COMPUTERNAME",
    "MLS_TOKEN",
    "CI_JOB_TOKEN",
    "GITHUB_TOKEN",
    "GITHUB_ACTOR",
    "GITHUB_REF_TYPE",
    "TAG_NAME",
    "TRAVIS_TAG",
    "BUILDKITE_TAG",
    "HTTPS_PROXY",
    "GIT_AUTHOR_NAME",
    "GIT_DIR",
    "GIT_ASKPASS",
    "CI_REPOSITORY_URL",
    "DATABASE_URL",
    "SSH_CONNECTION",
]


class Recorder(dict[str, str]):
    """An environment that knows which of its variables were asked for by name."""

    def __init__(self, *arguments: dict[str, str]) -> None:
        super().__init__(*arguments)
        self.asked: set[str] = set()

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)


@pytest.mark.parametrize("flag", ["CI", *(service.flag for service in _ci._SERVICES), None])
def test_nothing_else_of_the_environment_leaves(tmp_path, flag):
    canary = f"canary-{secrets.token_hex(8)}"
    environ = {name: canary for name in (*os.environ, *TEMPTING) if name not in ALLOWED}
    for service in _ci._SERVICES:
        environ.pop(service.flag, None)
    environ |= {"PATH": os.environ["PATH"], "CI": "false"}
    if flag:
        environ[flag] = canary
    facts = (ci_facts(environ), ci_branch(environ), git_facts(tmp_path, environ), versions("9"))
    assert canary not in str(facts)
    assert (facts[0] is None) == (flag is None)


@pytest.mark.parametrize("flag", [service.flag for service in _ci._SERVICES])
def test_only_allowed_variables_are_asked_for(flag):
    environ = Recorder({flag: "true"})
    assert ci_facts(environ) is not None
    assert ci_branch(environ) is None
    tags = {"GITHUB_REF_TYPE", "TAG_NAME", "TRAVIS_TAG", "BUILDKITE_TAG"}  # only looked at
    assert environ.asked <= ALLOWED | tags | {service.flag for service in _ci._SERVICES}


def test_every_public_name_is_documented_and_there():
    for name in provenance.__all__:
        assert getattr(provenance, name).__doc__


def test_it_needs_no_pytest():
    code = "import sys, pytest_mltestscore.provenance as p; sys.exit('pytest' in sys.modules)"
    source = str(Path(provenance.__file__).parents[2])
    environ = os.environ | {"PYTHONPATH": source}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 0
