"""Tables of the report: plain values that the page shows, sorts and copies as LaTeX."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alcore.results.latex import escaped, table_row

MISSING = "–"


@dataclass(frozen=True)
class Cell:
    """One cell.

    Args:
        text: as shown.
        order: by which its column is sorted; None sorts last.
        best: whether it is to stand out as the best of its column.
    """

    text: str
    order: float | str | None = None
    best: bool = False

    @property
    def latex(self) -> str:
        """The cell in LaTeX."""
        text = escaped(self.text)
        return rf"\textbf{{{text}}}" if self.best else text


def word(text: object) -> Cell:
    """A cell of text, sorted by the alphabet."""
    return Cell(str(text), str(text).casefold())


def number(value: float | None, digits: int = 3, *, spread: float | None = None, best: bool = False) -> Cell:
    """A cell of a number, with its standard deviation where there is one; a dash where there is no number."""
    if value is None or not math.isfinite(value):
        return Cell(MISSING)
    text = f"{value:,.{digits}f}"
    if spread is not None and math.isfinite(spread):
        text += f" ± {spread:,.{digits}f}"
    return Cell(text, float(value), best)


@dataclass(frozen=True)
class Row:
    """One row; the first cell is its header.

    Args:
        cells: one per column.
        about: what the row is about (``dataset``, ``strategy``), so that the page can leave it out where that is
            not chosen.
    """

    cells: tuple[Cell, ...]
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def latex(self) -> str:
        """The row in LaTeX."""
        return table_row(cell.latex for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        key: its name in the page, unique.
        caption: what it shows, in a sentence.
        columns: heads of the columns.
        rows: the rows.
        text_columns: how many columns from the left hold text; the others hold numbers, set to the right.
    """

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    text_columns: int = 1

    @property
    def latex_head(self) -> str:
        """All that comes before the rows in LaTeX (package booktabs)."""
        alignment = "l" * self.text_columns + "r" * (len(self.columns) - self.text_columns)
        return "\n".join(
            (
                r"\begin{table}",
                r"\centering",
                rf"\caption{{{escaped(self.caption)}}}",
                rf"\label{{tab:{self.key}}}",
                rf"\begin{{tabular}}{{{alignment}}}",
                r"\toprule",
                table_row(map(escaped, self.columns)),
                r"\midrule",
            )
        )

    @property
    def latex_foot(self) -> str:
        """All that comes after the rows in LaTeX."""
        return "\n".join((r"\bottomrule", r"\end{tabular}", r"\end{table}"))


def mark_best(rows: Iterable[Row], column: int, *, highest: bool = True) -> tuple[Row, ...]:
    """The rows with the best cell of ``column`` marked, for each dataset; ties are all marked, a lone row is not."""
    rows = tuple(rows)
    marked = []
    for row in rows:
        rivals = [
            float(order)
            for other in rows
            if other.about.get("dataset") == row.about.get("dataset")
            and (order := other.cells[column].order) is not None
        ]
        cell = row.cells[column]
        extreme = (max if highest else min)(rivals, default=None)
        if len(rivals) > 1 and cell.order is not None and cell.order == extreme:
            cells = (*row.cells[:column], Cell(cell.text, cell.order, best=True), *row.cells[column + 1 :])
            marked.append(Row(cells, row.about))
        else:
            marked.append(row)
    return tuple(marked)
