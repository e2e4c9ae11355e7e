"""Where faults are put into what a test is given."""

from __future__ import annotations

import needs
from pytest_mltestscore.domain.mlsystem import MLSystem

needs.module_at_import("narwhals", "numpy")

from pytest_mltestscore.collect.proving.trials import plan  # noqa: E402

READ = {"system": {"options", "options.feature-cost"}}


def sites(fault, **options):
    """Return where a test of feature-cost is tried with a fault, given options of that item."""
    system = MLSystem(options={"feature-cost": options, "slice-quality": {"min_score": 0.7}})
    planned = plan([fault], "test_it", {"system": system}, READ)
    return [place.site for places in planned for place in places]


def test_limits_of_a_check_are_no_data():
    assert sites("worse_metrics", max_ms=5.0) == []
    assert sites("lost_entry", max_ms=5.0) == []


def test_data_among_the_limits_is():
    found = sites("worse_metrics", max_ms=5.0, benefit={"km": 0.1, "hour": 0.2})
    assert found == ["system.options['feature-cost']['benefit']"]
