"""What a bench says: figures, each beside its target, as a table or as JSON."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        name: what was measured, on what.
        target: what we hold ourselves to; None where it only informs.
        at_most: whether less is better.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    at_most: bool = True

    @property
    def ratio(self) -> float | None:
        """How much better than the target: 1 meets it, 2 is twice as good."""
        if not self.target or not self.value:
            return None
        return self.target / self.value if self.at_most else self.value / self.target


def report(figures: Sequence[Figure]) -> None:
    """Print the figures: a JSON list with `--json` on the command line, else a table."""
    if "--json" in sys.argv[1:]:
        sys.stdout.write(json.dumps([asdict(one) for one in figures]) + "\n")
    else:
        print_figures(figures)


def print_figures(figures: Sequence[Figure]) -> None:
    """A line a figure: what, how much, the target, how much better than the target."""
    rows = [("figure", "measured", "target", "ratio"), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for name, *numbers in rows:
        cells = [cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)]
        sys.stdout.write("  ".join((name.ljust(widths[0]), *cells)).rstrip() + "\n")


def _row(one: Figure) -> tuple[str, str, str, str]:
    sign = "<=" if one.at_most else ">="
    return (
        one.name,
        f"{_number(one.value)} {one.unit}".rstrip(),
        "" if one.target is None else f"{sign} {_number(one.target)} {one.unit}".rstrip(),
        "" if one.ratio is None else f"{one.ratio:.2f}",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
