"""Which CI runs this, read from an environment that may hold anything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.domain.record import CI
from pytest_mltestscore.domain.text import clean_line
from pytest_mltestscore.provenance import ci_branch, ci_facts

GITHUB = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/churn",
    "GITHUB_RUN_ID": "42",
}
AZURE = {
    "TF_BUILD": "True",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
    "SYSTEM_TEAMPROJECT": "Churn & more",
    "BUILD_BUILDID": "7",
}
BUILDKITE = {
    "BUILDKITE": "true",
    "BUILDKITE_BUILD_URL": "https://buildkite.com/acme/churn/builds/7",
}


@pytest.mark.parametrize(
    "environ, job",
    [
        (GITHUB, ""),
        (GITHUB | {"GITHUB_WORKFLOW": "ML", "GITHUB_JOB": "merge"}, "ML / merge"),
        ({"GITLAB_CI": "true", "CI_JOB_NAME": "test 1/3"}, "test 1/3"),
        (
            {"GITLAB_CI": "true", "CI_JOB_NAME": "test 1/3", "CI_JOB_GROUP_NAME": "test"},
            "test",
        ),
        (
            {"JENKINS_URL": "x", "JOB_NAME": "team/churn", "STAGE_NAME": "score"},
            "team/churn / score",
        ),
        (
            {"JENKINS_URL": "x", "JOB_NAME": "team/churn/PR-7", "BRANCH_NAME": "PR-7"},
            "team/churn",
        ),
        ({"TRAVIS": "true", "TRAVIS_JOB_NAME": "nightly"}, "nightly"),
        (AZURE | {"BUILD_DEFINITIONNAME": "churn", "AGENT_JOBNAME": "Job"}, "churn / Job"),
        ({"CIRCLECI": "true", "CIRCLE_JOB": "score"}, "score"),
        (
            BUILDKITE | {"BUILDKITE_PIPELINE_SLUG": "churn", "BUILDKITE_LABEL": ":pytest: all"},
            "churn / :pytest: all",
        ),
        ({"CI": "true"}, ""),
    ],
)
def test_the_job_has_a_name_that_is_the_same_from_run_to_run(environ, job):
    assert ci_facts(environ).job == job


@given(st.text())
def test_whatever_a_job_is_called_is_one_line(name):
    job = ci_facts({"CIRCLECI": "true", "CIRCLE_JOB": name}).job
    assert len(job) <= 220
    assert clean_line(job) == job


@pytest.mark.parametrize(
    "environ, provider, url",
    [
        (GITHUB, "github-actions", "https://github.com/acme/churn/actions/runs/42"),
        (
            GITHUB | {"GITHUB_RUN_ATTEMPT": "3"},
            "github-actions",
            "https://github.com/acme/churn/actions/runs/42/attempts/3",
        ),
        (GITHUB | {"GITHUB_REPOSITORY": "acme"}, "github-actions", ""),
        (GITHUB | {"GITHUB_RUN_ID": "42?x=1"}, "github-actions", ""),
        (GITHUB | {"GITHUB_SERVER_URL": ""}, "github-actions", ""),
        (
            {"GITLAB_CI": "true", "CI_JOB_URL": "https://gitlab.example/acme/churn/-/jobs/7"},
            "gitlab",
            "https://gitlab.example/acme/churn/-/jobs/7",
        ),
        (
            {
                "JENKINS_URL": "http://ci.example:8080/",
                "BUILD_URL": "http://ci.example:8080/job/a/7/",
            },
            "jenkins",
            "http://ci.example:8080/job/a/7/",
        ),
        (
            {"TRAVIS": "true", "TRAVIS_JOB_WEB_URL": "https://travis-ci.com/acme/churn/jobs/7"},
            "travis",
            "https://travis-ci.com/acme/churn/jobs/7",
        ),
        (
            {"TRAVIS": "true", "TRAVIS_BUILD_WEB_URL": "https://travis-ci.com/acme/churn/builds/6"},
            "travis",
            "https://travis-ci.com/acme/churn/builds/6",
        ),
        (AZURE, "azure", "https://dev.azure.com/acme/Churn%20%26%20more/_build/results?buildId=7"),
        (AZURE | {"BUILD_BUILDID": "7&sig=abc"}, "azure", ""),
        (AZURE | {"SYSTEM_TEAMPROJECT": ""}, "azure", ""),
        (
            {"CIRCLECI": "true", "CIRCLE_BUILD_URL": "https://circleci.com/gh/acme/churn/7"},
            "circleci",
            "https://circleci.com/gh/acme/churn/7",
        ),
        (BUILDKITE, "buildkite", "https://buildkite.com/acme/churn/builds/7"),
        (
            BUILDKITE | {"BUILDKITE_JOB_ID": "01-ab"},
            "buildkite",
            "https://buildkite.com/acme/churn/builds/7#01-ab",
        ),
        (
            BUILDKITE | {"BUILDKITE_JOB_ID": "token=abc"},
            "buildkite",
            "https://buildkite.com/acme/churn/builds/7",
        ),
        ({"CI": "true"}, "generic", ""),
        ({"CI": "1"}, "generic", ""),
        ({"CI": "woodpecker"}, "generic", ""),
    ],
)
def test_each_service_is_known_with_its_job(environ, provider, url):
    assert ci_facts(environ) == CI(provider=provider, url=url)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"CI": ""},
        {"CI": "0"},
        {"CI": "false"},
        {"CI": " False "},
        {"CI": "no"},
        {"CI": "off"},
        {"GITHUB_ACTIONS": "false"},
        {"CI_JOB_URL": "https://gitlab.example/acme"},
    ],
)
def test_a_machine_that_is_no_ci(environ):
    assert ci_facts(environ) is None
    assert ci_branch(environ) is None


@pytest.mark.parametrize(
    "raw, shown",
    [
        ("https://me:canary@ci.example/job/7", "https://ci.example/job/7"),
        ("https://canary@ci.example/job/7", "https://ci.example/job/7"),
        ("https://a@b:canary@ci.example/job/7", "https://ci.example/job/7"),
        ("https://ci.example/job/7?token=canary", "https://ci.example/job/7"),
        ("https://ci.example/job/7#canary", "https://ci.example/job/7"),
        ("  https://ci.example/job/7\n", "https://ci.example/job/7"),
        ("https://ci.example/Größe und <b>", "https://ci.example/Gr%C3%B6%C3%9Fe%20und%20%3Cb%3E"),
        ("https://ci.example/\udcff", "https://ci.example/%3F"),
        ("http://[::1]:8080/job/7", "http://[::1]:8080/job/7"),
        ("http://[::1/job", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("ci.example/job/7", ""),
        ("https:///job/7", ""),
        ("https://ci example/job/7", ""),
        ("https://ci.example/" + "a" * 2_000, ""),
        ("", ""),
    ],
)
def test_an_address_keeps_nothing_that_could_be_secret(raw, shown):
    facts = ci_facts({"GITLAB_CI": "true", "CI_JOB_URL": raw})
    assert facts == CI(provider="gitlab", url=shown)


@pytest.mark.parametrize(
    "environ, branch",
    [
        ({"GITHUB_ACTIONS": "true", "GITHUB_HEAD_REF": "fix", "GITHUB_REF_NAME": "7/merge"}, "fix"),
        ({"GITHUB_ACTIONS": "true", "GITHUB_HEAD_REF": "", "GITHUB_REF_NAME": "main"}, "main"),
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1"},
            None,
        ),
        ({"GITLAB_CI": "true", "CI_COMMIT_BRANCH": "main"}, "main"),
        ({"GITLAB_CI": "true", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix"}, "fix"),
        ({"GITLAB_CI": "true", "CI_COMMIT_TAG": "v1"}, None),
        ({"JENKINS_URL": "x", "BRANCH_NAME": "main", "GIT_BRANCH": "origin/other"}, "main"),
        ({"JENKINS_URL": "x", "BRANCH_NAME": "PR-7", "CHANGE_BRANCH": "fix"}, "fix"),
        ({"JENKINS_URL": "x", "GIT_BRANCH": "origin/main"}, "main"),
        ({"JENKINS_URL": "x", "BRANCH_NAME": "v1", "TAG_NAME": "v1"}, None),
        ({"JENKINS_URL": "x"}, None),
        ({"TRAVIS": "true", "TRAVIS_PULL_REQUEST_BRANCH": "fix", "TRAVIS_BRANCH": "main"}, "fix"),
        ({"TRAVIS": "true", "TRAVIS_PULL_REQUEST_BRANCH": "", "TRAVIS_BRANCH": "main"}, "main"),
        ({"TRAVIS": "true", "TRAVIS_TAG": "v1", "TRAVIS_BRANCH": "v1"}, None),
        ({"TF_BUILD": "True", "BUILD_SOURCEBRANCH": "refs/heads/a/b"}, "a/b"),
        ({"TF_BUILD": "True", "BUILD_SOURCEBRANCH": "refs/tags/v1"}, None),
        (
            {
                "TF_BUILD": "True",
                "BUILD_SOURCEBRANCH": "refs/pull/7/merge",
                "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/fix",
            },
            "fix",
        ),
        ({"CIRCLECI": "true", "CIRCLE_BRANCH": "main"}, "main"),
        ({"CIRCLECI": "true", "CIRCLE_TAG": "v1"}, None),
        ({"BUILDKITE": "true", "BUILDKITE_BRANCH": "main"}, "main"),
        ({"BUILDKITE": "true", "BUILDKITE_BRANCH": "v1", "BUILDKITE_TAG": "v1"}, None),
        ({"CI": "true", "BRANCH_NAME": "main", "GITHUB_REF_NAME": "main"}, None),
        ({"CIRCLECI": "true", "CIRCLE_BRANCH": " "}, None),
        ({"CIRCLECI": "true", "CIRCLE_BRANCH": "a\x1b[31m\udcff\nb"}, "a\\udcff b"),
    ],
)
def test_the_branch_of_each_service_is_known_unless_it_builds_a_tag(environ, branch):
    assert ci_branch(environ) == branch


NAMES = st.sampled_from(
    sorted(
        {*GITHUB, *AZURE, *BUILDKITE, "GITLAB_CI", "CI_JOB_URL", "JENKINS_URL", "BUILD_URL"}
        | {"TRAVIS", "TRAVIS_JOB_WEB_URL", "CIRCLECI", "CIRCLE_BUILD_URL", "BUILDKITE_JOB_ID"}
    )
)
VALUES = st.one_of(
    st.text(), st.sampled_from(["true", "https://u:p@h/x?y#z", "http://[", "https://h:/a b", "7"])
)


@given(st.dictionaries(NAMES, VALUES))
def test_no_environment_is_too_odd(environ):
    facts = ci_facts(environ)
    if facts is not None and facts.url:
        assert re.fullmatch(r"https?://[^\s@\"<>]+(/[\x21-\x7e]*)?", facts.url)
