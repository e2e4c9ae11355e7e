"""The parts of an ML system, for the suite of ready-made tests. Every part is optional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, get_type_hints

from .errors import InputError, nearest


@dataclass(frozen=True, kw_only=True, eq=False)
class MLSystem:
    """An ML system, by its parts. A test of the suite whose parts are not given skips and says so.

    Parts are values, not paths to load from, unless they are called a file or folder. What is
    dear to make belongs in a fixture of a wide scope. `MLSystem.parts()` tells what each is.

    Examples
    --------
    >>> system = MLSystem(name="churn", label="churned")
    >>> system.missing("label", "train_data")
    ('train_data',)
    >>> MLSystem.parts()["label"]
    'column with the truth'
    """

    name: Annotated[str, "name of the system"] = ""

    # Data
    train_data: Annotated[Any, "data frame of rows that the model learned from, label included"] = (
        None
    )
    test_data: Annotated[Any, "data frame of labelled rows that the model did not learn from"] = (
        None
    )
    label: Annotated[str | None, "column with the truth"] = None
    features: Annotated[Any, "list of columns that the model sees"] = None
    schema: Annotated[
        Any, "schema of the features: TOML file, of pandera, or of Great Expectations"
    ] = None
    raw_data: Annotated[Any, "data frame of rows as they come, which feature functions take"] = None
    raw_schema: Annotated[Any, "schema of such rows"] = None
    feature_functions: Annotated[Any, "mapping of feature names to functions of raw rows"] = None
    feature_manifest: Annotated[
        Any, "TOML or JSON file with owner, source and status of each feature"
    ] = None
    feature_code: Annotated[Any, "list of files with the code that makes features"] = None
    coverage_data: Annotated[Any, "coverage data of a test run: .coverage file or JSON report"] = (
        None
    )

    # Model
    model: Annotated[Any, "the trained model: anything with predict, or a function"] = None
    estimator: Annotated[Any, "the untrained model, with fit as in scikit-learn"] = None
    previous_model: Annotated[Any, "the model that was served before"] = None
    train: Annotated[Any, "function of features and labels that returns a trained model"] = None
    training: Annotated[
        Any, "function without arguments, in a module, that trains; or a command"
    ] = None
    scoring: Annotated[
        Any, "name of a scikit-learn scorer, or a function of truth and predictions"
    ] = None
    slices: Annotated[Any, "list of columns whose values make slices that matter"] = None
    sensitive: Annotated[Any, "list of columns with groups of people"] = None
    repository: Annotated[Any, "folder in the git repository of the system"] = None
    specification: Annotated[
        Any, "list of files that the model is made from, in the repository"
    ] = None
    releases: Annotated[
        Any, "data frame or CSV of releases with their offline and online metrics"
    ] = None
    search: Annotated[
        Any, "trials of a hyperparameter search: fitted search, study, or data frame"
    ] = None
    time: Annotated[Any, "column with the time of each row"] = None

    # Infrastructure
    pipeline: Annotated[Any, "mapping of stage names to functions, in order"] = None
    pipeline_sample: Annotated[Any, "small input of the first stage"] = None
    quality_gate: Annotated[
        Any, "function of candidate (and incumbent, if previous_model is given): may it serve?"
    ] = None
    trace: Annotated[Any, "function of one row that returns the value of each step, in order"] = (
        None
    )
    serve: Annotated[Any, "command that serves, as a list of words with {port} in it"] = None
    requests: Annotated[Any, "list of recorded requests, as JSON values"] = None
    incumbent: Annotated[Any, "command or address of the version that serves today"] = None

    # Monitoring
    served_data: Annotated[Any, "data frame of features that were served"] = None
    served_labels: Annotated[Any, "data frame of served predictions with the truth found later"] = (
        None
    )
    training_features: Annotated[
        Any, "data frame of features as training makes them, with the key"
    ] = None
    serving_features: Annotated[
        Any, "data frame of features as serving made them, with the key"
    ] = None
    key: Annotated[Any, "column, or list of columns, that tells rows apart"] = None
    trained_at: Annotated[Any, "time at which the model was trained, or a file of that age"] = None
    performance_baseline: Annotated[
        Any, "JSON file that checks.monitor.performance_baseline wrote"
    ] = None

    options: Annotated[
        Mapping[str, Mapping[str, Any]], "by item, keyword arguments of its check: limits and such"
    ] = field(default_factory=dict)

    def missing(self, *names: str) -> tuple[str, ...]:
        """Return those of the named parts that are not given."""
        return tuple(name for name in names if getattr(self, name) is None)

    def options_of(self, item: str) -> dict[str, Any]:
        """Return the options given for an item, by its name."""
        return dict(self.options.get(item, {}))

    def check_options(self, items: tuple[str, ...]) -> None:
        """Raise an `InputError` if options are given for what is no item."""
        for name in self.options:
            if name not in items:
                closest = nearest(str(name), items)
                hint = f"did you mean {closest!r}?" if closest else f"items: {', '.join(items)}"
                raise InputError("options", f"{name!r} is no item of the suite; {hint}")

    def watched(self) -> tuple[MLSystem, set[str]]:
        """Return the same system, and a set that fills with the names of the parts that are read.

        Options are named with their item, as in `options.slice-quality`.
        """
        read: set[str] = set()
        names = {part.name for part in fields(self)}

        class Watched(type(self)):  # type: ignore[misc]
            def __getattribute__(self, name: str) -> Any:
                if name in names:
                    read.add(name)
                return object.__getattribute__(self, name)

            def options_of(self, item: str) -> dict[str, Any]:
                read.add(f"options.{item}")
                return dict(object.__getattribute__(self, "options").get(item, {}))

        twin = object.__new__(Watched)
        twin.__dict__.update(self.__dict__)
        return twin, read

    @classmethod
    def parts(cls) -> dict[str, str]:
        """Return what each part is, by its name."""
        hints = get_type_hints(cls, include_extras=True)
        return {part.name: hints[part.name].__metadata__[0] for part in fields(cls)}
