"""A job for each CI service, in a file beside those that the service reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ._data_choice import Chosen
from ._facts import Facts
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
    imports = chosen.estimator.imports if chosen.fits and chosen.estimator else ()
    others = set() if facts.installs else {module.partition(".")[0] for module, _, _ in imports}
    return [f'"pytest-mltestscore[{extras}]"', *facts.installs, *sorted(others - {"sklearn"})]


def job_text(service: str, installs: Sequence[str]) -> str:
    """Return the job of a service."""
    return render(
        JOBS[service].template,
        install=" ".join(["pip install", *installs]),
        score="pytest --mlscore --mlscore-report=html:mlscore.html",
    )
