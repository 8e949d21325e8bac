"""A table on the terminal, in as many parts as its width asks for: no column is ever cropped."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.segment import Segment
from rich.table import Table as Shown
from rich.text import Text

from alcore.escapes import printable
from alseg.show.table import Cell, Table


def print_table(console: Console, table: Table, style: box.Box = box.SIMPLE_HEAD) -> None:
    """Print a table under its title, followed by its caption."""
    console.print(Text(printable(table.title), style="bold"))
    for part in parts(console, table, style):
        # A terminal narrower than a column must wrap its lines: rich would cut them.
        console.print(part, width=max(console.width, _width(console, part)), crop=False)
    console.print(Text(f"{printable(table.caption)}\n" if table.caption else "", style="dim"))


def parts(console: Console, table: Table, style: box.Box) -> Iterator[Shown]:
    """The table with its columns spread over as many parts as show every one within the console's width."""
    start = table.text_columns
    if start >= len(table.columns):
        yield _part(table, (), console.width, style)
    while start < len(table.columns):
        stop = start + 1
        while (
            stop < len(table.columns)
            and _width(console, _part(table, range(start, stop + 1), console.width, style)) <= console.width
        ):
            stop += 1
        part = _part(table, range(start, stop), console.width, style)
        tight = _width(console, part) > console.width
        yield _part(table, range(start, stop), console.width, style, tight=True) if tight else part
        start = stop


def _width(console: Console, part: Shown) -> int:
    """The width that a part takes when it is printed: what rich measures beforehand is less, and it crops the rest."""
    lines = Segment.split_lines(console.render(part, console.options))
    return max(map(Segment.get_line_length, lines))


def _part(table: Table, places: Sequence[int], width: int, style: box.Box, *, tight: bool = False) -> Shown:
    """Labels are folded, after a comma where they can be; what stands in place of a number is broken between words.

    A ``tight`` part has columns that are as narrow as can be.
    """
    part = Shown(box=style, pad_edge=style is not box.SIMPLE_HEAD)
    for place in range(table.text_columns):
        labels = [printable(table.columns[place]), *(_breakable(row.cells[place].text) for row in table.rows)]
        least = min(_longest_word(labels), width // 2 // table.text_columns)
        part.add_column(labels[0], overflow="fold", min_width=least, max_width=least if tight else None)
    for place in places:
        cells = [row.cells[place] for row in table.rows]
        texts = [printable(table.columns[place]), *(printable(cell.text) for cell in cells if cell.order is None)]
        numbers = max((len(cell.text) for cell in cells if cell.order is not None), default=0)
        least = max(_longest_word(texts), numbers)
        widest = least if tight else None
        part.add_column(table.columns[place], justify="right", overflow="fold", min_width=least, max_width=widest)
    for row in table.rows:
        labels = [_breakable(cell.text) for cell in row.cells[: table.text_columns]]
        part.add_row(*map(Text, labels), *(_text(row.cells[place]) for place in places))
    return part


def _text(cell: Cell) -> Text:
    return Text(printable(cell.text), style="bold" if cell.best else "")


def _breakable(label: str) -> str:
    return printable(label).replace(",", ", ").replace(",  ", ", ")


def _longest_word(cells: Sequence[str]) -> int:
    return max((len(word) for cell in cells for word in cell.split()), default=0)
