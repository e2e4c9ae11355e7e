"""A job for each CI service, in a file beside those that the service reads."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from dataclasses import dataclass

from ._data_choice import Chosen
from ._facts import Facts
from ._gitlab import stage_for_tests
from ._templates import render


@dataclass(frozen=True, slots=True)
class Job:
    """Where the job of a service is written, and what a person does to have it run."""

    path: str
    template: str
    to_do: str


JOBS = {
    "github": Job(".github/workflows/mlscore.yml", "github.yml.j2", ""),
    "gitlab": Job(
        ".gitlab-ci.mlscore.yml",
        "gitlab.yml.j2",
        "add to .gitlab-ci.yml: include: {local: /.gitlab-ci.mlscore.yml}",
    ),
    "jenkins": Job(
        "Jenkinsfile.mlscore",
        "jenkins.j2",
        "copy its stage to your Jenkinsfile, or make a job with it as script path",
    ),
    "travis": Job(
        ".travis.mlscore.yml",
        "travis.yml.j2",
        "add to .travis.yml: import: ./.travis.mlscore.yml",
    ),
}


def packages(facts: Facts, chosen: Chosen) -> list[str]:
    """Return what is to be installed: us, and the project, or else what the test module imports."""
    extras = "checks" if chosen.library == "pandas" else "checks,polars"
    model = chosen.estimator if chosen.fits else None
    others = {model.library} if model and not facts.installs else set()
    return [f'"pytest-mltestscore[{extras}]"', *facts.installs, *sorted(others - {"sklearn"})]


def job_text(service: str, facts: Facts, chosen: Chosen) -> str:
    """Return the job of a service."""
    stage = stage_for_tests(facts.ci_stages)
    return render(
        JOBS[service].template,
        install=" ".join(["pip install", *packages(facts, chosen)]),
        score="pytest --mlscore --mlscore-report=html:mlscore.html",
        stage=json.dumps(stage) if stage else "",
    )


def to_do(facts: Facts, services: Sequence[str], new: Container[str]) -> list[str]:
    """Return what is left to a person for the jobs of services, in words.

    What its service reads is looked at, so that it is said for as long as it is not done; only a
    job of Jenkins may be set up where no file tells of it.
    """
    return [
        JOBS[service].to_do
        for service in services
        if JOBS[service].to_do
        and service not in facts.ci_scores
        and (service != "jenkins" or JOBS[service].path in new)
    ]
