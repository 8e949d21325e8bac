"""The one model of a table, for the terminal, the page, CSV, Markdown and LaTeX."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

MISSING = "–"
Best = Literal["highest", "lowest"]
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """One cell.

    Args:
        text: as shown.
        order: by which its column is sorted; None sorts last.
        best: whether it stands out as the best of its column.
    """

    text: str
    order: float | str | None = None
    best: bool = False


@dataclass(frozen=True)
class Row:
    """One row.

    Args:
        cells: one per column.
        about: what the row is about (``strategy``, ``rival``), so that a page can leave it out where that is not
            chosen.
    """

    cells: tuple[Cell, ...]
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column: how records become its cells.

    Args:
        name: key of a record; ``NAME_mean``, ``NAME_std`` and ``NAME_seeds`` where ``spread`` is set.
        title: its head.
        digits: after the point; None for text.
        spread: whether the cell shows a mean with its standard deviation, and the seeds where they are fewer than the
            record's ``seeds``.
        signed: whether a plus is written.
        share: whether it is written in per cent.
        best: which cell stands out.
        said: the cell's text where there is no number: a dash, or what the function says of the record.
    """

    name: str
    title: str
    digits: int | None = None
    spread: bool = False
    signed: bool = False
    share: bool = False
    best: Best | None = None
    said: Callable[[Record], str] | None = None

    def cell(self, record: Record) -> Cell:
        """The cell of a record."""
        if self.digits is None:
            text = str(record[self.name])
            return Cell(text, text.casefold())
        value = record[f"{self.name}_mean" if self.spread else self.name]
        if value is None or not math.isfinite(value):
            return Cell(self.said(record) if self.said else MISSING)
        return Cell(self._number(value) + (self._spread(record) if self.spread else ""), float(value))

    def _number(self, value: float) -> str:
        form = f"{'+' if self.signed else ''}z,.{self.digits}{'%' if self.share else 'f'}"
        return format(value, form).replace("%", " %")

    def _spread(self, record: Record) -> str:
        std, seeds = record[f"{self.name}_std"], record.get(f"{self.name}_seeds")
        shown = f" ± {std:,.{self.digits}f}" if std is not None and math.isfinite(std) else ""
        fewer = f" [{seeds}]" if seeds is not None and seeds < record["seeds"] else ""
        return shown + fewer


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        key: its name in a page, unique.
        title: what it shows.
        columns: heads of the columns.
        rows: the rows.
        caption: how to read it.
        text_columns: how many columns from the left hold text; the others hold numbers, set to the right.
        about: what the whole table is about (``dataset``).
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    text_columns: int = 1
    about: Mapping[str, str] = field(default_factory=dict)


def make_table(
    key: str,
    title: str,
    columns: Sequence[Column],
    records: Iterable[Record],
    *,
    caption: str = "",
    about: Mapping[str, str] | None = None,
    row_is_about: Sequence[str] = ("strategy",),
) -> Table:
    """Make a table of records; columns of numbers in which all are missing are left out.

    Args:
        key: its name in a page, unique.
        title: what it shows.
        columns: the columns; those of text come first.
        records: one per row.
        caption: how to read it.
        about: what the whole table is about.
        row_is_about: keys of a record that say what its row is about.
    """
    records = list(records)
    cells = [[column.cell(record) for record in records] for column in columns]
    shown = [
        place
        for place, column in enumerate(columns)
        if column.digits is None or any(cell.text != MISSING for cell in cells[place])
    ]
    marked = {place: _marked(cells[place], columns[place].best) for place in shown}
    rows = tuple(
        Row(
            tuple(marked[place][number] for place in shown),
            {name: str(record[name]) for name in row_is_about if name in record},
        )
        for number, record in enumerate(records)
    )
    texts = sum(column.digits is None for column in columns)
    heads = tuple(columns[place].title for place in shown)
    return Table(key, title, heads, rows, caption, texts, about or {})


def _marked(cells: Sequence[Cell], best: Best | None) -> list[Cell]:
    """The cells with the best marked, and all that read the same; where all do, none is."""
    numbers = {_mean(cell): cell.order for cell in cells if isinstance(cell.order, float)}
    if best is None or len(numbers) < 2:
        return list(cells)
    extreme = (max if best == "highest" else min)(numbers.values())
    texts = {text for text, order in numbers.items() if order == extreme}
    return [replace(cell, best=cell.order is not None and _mean(cell) in texts) for cell in cells]


def _mean(cell: Cell) -> str:
    """The number of a cell without what stands behind it."""
    return cell.text.partition(" ")[0]


def square_table(
    key: str, title: str, values: Mapping[tuple[str, str], float], names: Sequence[str], column: Column, caption: str
) -> Table:
    """A table of every two of ``names``, columns numbered as the rows are, since names are long."""
    records = [
        {"strategy": f"{place} {name}", **{str(k): values.get((name, other)) for k, other in enumerate(names, start=1)}}
        for place, name in enumerate(names, start=1)
    ]
    columns = [Column("strategy", ""), *(replace(column, name=str(k), title=str(k)) for k in range(1, len(names) + 1))]
    cells = tuple(Row(tuple(one.cell(record) for one in columns)) for record in records)
    return Table(key, title, tuple(one.title for one in columns), cells, caption)
