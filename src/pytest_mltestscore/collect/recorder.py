"""What the `mlscore` fixture gives to a test while scores are computed."""

from __future__ import annotations

from ..domain.sink import Sink, measurement


class Recorder:
    """Keeps measured values of one test for the reports. Recording never changes an outcome."""

    def __init__(self, sink: Sink | None) -> None:
        self._sink = sink

    def __repr__(self) -> str:
        # In tracebacks; the same whether a run is scored or not.
        return "<mlscore>"

    def record(
        self,
        name: str,
        value: object,
        *,
        limit: object = "",
        unit: str = "",
        volatile: bool = False,
    ) -> None:
        """Record a measured value.

        Parameters
        ----------
        name
            What was measured, such as `"rows"`.
        value
            A number, text, bool or None. What is not finite is shown as such; anything else is
            kept as its repr, cut short.
        limit
            The bound that the test asserts, as a person would write it, such as `">= 10000"`.
        unit
            Such as `"ms"`.
        volatile
            The value differs from run to run, as timings do; it is left out when two records
            are compared.
        """
        entry = measurement(name, value, limit=limit, unit=unit, volatile=volatile)
        if self._sink is not None:
            self._sink.add_measurement(entry)
