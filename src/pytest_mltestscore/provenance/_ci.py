"""Which CI service runs this, what the job is called, and under which address a person finds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ..domain.record import CI
from ..domain.text import clean_line

Env = Mapping[str, str]

_OFF = frozenset({"", "0", "false", "no", "off"})
_HOST = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_NUMBER = re.compile(r"[0-9]{1,20}")
_JOB_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_URL_LIMIT = 1_000
_NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class _Service:
    """A CI service: the variable that gives it away, and how to read its job and branch."""

    provider: str
    flag: str
    url: Callable[[Env], str]
    branch: Callable[[Env], str | None]
    job: Callable[[Env], str]


def ci_facts(environ: Env) -> CI | None:
    """Return the CI service, the name of the job and its address, or None outside CI.

    The address has no user, no password, and nothing behind the path that the service did not
    number itself.
    """
    service = _service(environ)
    if service:
        job = clean_line(service.job(environ), limit=_NAME_LIMIT)
        return CI(provider=service.provider, url=service.url(environ), job=job)
    return CI(provider="generic") if _on(environ, "CI") else None


def ci_branch(environ: Env) -> str | None:
    """Return the branch that CI is building, or None if it does not say, or builds a tag.

    CI services check out a commit, not a branch, so git itself cannot tell.
    """
    service = _service(environ)
    name = service.branch(environ) if service else None
    return clean_line(name.removeprefix("refs/heads/")) or None if name else None


def _service(environ: Env) -> _Service | None:
    return next((s for s in _SERVICES if _on(environ, s.flag)), None)


def _on(environ: Env, name: str) -> bool:
    return environ.get(name, "").strip().casefold() not in _OFF


def _variable(name: str) -> Callable[[Env], str]:
    return lambda environ: public_url(environ.get(name, ""))


def _named(*names: str) -> Callable[[Env], str]:
    """Return what joins the values of variables; of alternatives with `|` the first that is set."""

    def read(environ: Env) -> str:
        values = (
            next((environ[each] for each in name.split("|") if environ.get(each)), "")
            for name in names
        )
        return " / ".join(filter(None, (value.strip() for value in values)))

    return read


def _jenkins_job(environ: Env) -> str:
    """Return the name without the branch, which is its last part where a job has branches."""
    name = environ.get("JOB_NAME", "")
    if environ.get("BRANCH_NAME"):
        name = name.rpartition("/")[0]
    return " / ".join(filter(None, (name.strip(), environ.get("STAGE_NAME", "").strip())))


def public_url(raw: str) -> str:
    """Return scheme, host and path of a web address; an empty text if it is not one.

    >>> public_url("https://me:secret@ci.example/job/7?token=abc#top")
    'https://ci.example/job/7'
    """
    try:
        parts = urlsplit(raw.strip())
    except ValueError:  # broken IPv6 address
        return ""
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    path = quote(parts.path, safe="/%!$&'()*+,;=:@~", errors="replace")
    url = f"{parts.scheme}://{host}{path}"
    return url if len(url) <= _URL_LIMIT else ""


def _github_url(environ: Env) -> str:
    server = public_url(environ.get("GITHUB_SERVER_URL", ""))
    repository = environ.get("GITHUB_REPOSITORY", "")
    run = environ.get("GITHUB_RUN_ID", "")
    attempt = environ.get("GITHUB_RUN_ATTEMPT", "")
    if not (server and _REPOSITORY.fullmatch(repository) and _NUMBER.fullmatch(run)):
        return ""
    url = f"{server.rstrip('/')}/{repository}/actions/runs/{run}"
    return f"{url}/attempts/{attempt}" if _NUMBER.fullmatch(attempt) else url


def _github_branch(environ: Env) -> str | None:
    if environ.get("GITHUB_REF_TYPE") == "tag":
        return None
    return environ.get("GITHUB_HEAD_REF") or environ.get("GITHUB_REF_NAME")


def _gitlab_branch(environ: Env) -> str | None:
    return environ.get("CI_COMMIT_BRANCH") or environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")


def _jenkins_branch(environ: Env) -> str | None:
    if environ.get("TAG_NAME"):
        return None
    # For a pull request BRANCH_NAME is a word such as PR-7, and CHANGE_BRANCH the branch.
    name = environ.get("CHANGE_BRANCH") or environ.get("BRANCH_NAME")
    return name or environ.get("GIT_BRANCH", "").removeprefix("origin/")


def _travis_branch(environ: Env) -> str | None:
    if environ.get("TRAVIS_TAG"):
        return None
    return environ.get("TRAVIS_PULL_REQUEST_BRANCH") or environ.get("TRAVIS_BRANCH")


def _travis_url(environ: Env) -> str:
    job = public_url(environ.get("TRAVIS_JOB_WEB_URL", ""))
    return job or public_url(environ.get("TRAVIS_BUILD_WEB_URL", ""))


def _azure_url(environ: Env) -> str:
    server = public_url(environ.get("SYSTEM_COLLECTIONURI", ""))
    project = environ.get("SYSTEM_TEAMPROJECT", "")
    build = environ.get("BUILD_BUILDID", "")
    if not (server and project and _NUMBER.fullmatch(build)):
        return ""
    name = quote(project, safe="", errors="replace")
    return f"{server.rstrip('/')}/{name}/_build/results?buildId={build}"


def _azure_branch(environ: Env) -> str | None:
    source = environ.get("SYSTEM_PULLREQUEST_SOURCEBRANCH") or environ.get("BUILD_SOURCEBRANCH", "")
    return source if source.startswith("refs/heads/") else None


def _buildkite_url(environ: Env) -> str:
    build = public_url(environ.get("BUILDKITE_BUILD_URL", ""))
    job = environ.get("BUILDKITE_JOB_ID", "")
    return f"{build}#{job}" if build and _JOB_ID.fullmatch(job) else build


def _circle_branch(environ: Env) -> str | None:
    return environ.get("CIRCLE_BRANCH")  # not set for tags


def _buildkite_branch(environ: Env) -> str | None:
    return None if environ.get("BUILDKITE_TAG") else environ.get("BUILDKITE_BRANCH")


_SERVICES = (
    _Service(
        "github-actions",
        "GITHUB_ACTIONS",
        _github_url,
        _github_branch,
        _named("GITHUB_WORKFLOW", "GITHUB_JOB"),
    ),
    _Service(
        "gitlab",
        "GITLAB_CI",
        _variable("CI_JOB_URL"),
        _gitlab_branch,
        _named("CI_JOB_GROUP_NAME|CI_JOB_NAME"),
    ),
    _Service("jenkins", "JENKINS_URL", _variable("BUILD_URL"), _jenkins_branch, _jenkins_job),
    _Service(
        "travis",
        "TRAVIS",
        _travis_url,
        _travis_branch,
        _named("TRAVIS_BUILD_STAGE_NAME", "TRAVIS_JOB_NAME"),
    ),
    _Service(
        "azure",
        "TF_BUILD",
        _azure_url,
        _azure_branch,
        _named("BUILD_DEFINITIONNAME", "SYSTEM_JOBNAME|AGENT_JOBNAME"),
    ),
    _Service(
        "circleci", "CIRCLECI", _variable("CIRCLE_BUILD_URL"), _circle_branch, _named("CIRCLE_JOB")
    ),
    _Service(
        "buildkite",
        "BUILDKITE",
        _buildkite_url,
        _buildkite_branch,
        _named("BUILDKITE_PIPELINE_SLUG", "BUILDKITE_STEP_KEY|BUILDKITE_LABEL"),
    ),
)
