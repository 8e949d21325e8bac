"""A table on the terminal, in as many parts as its width asks for: no name, number or column is ever cut."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.segment import Segment
from rich.table import Table as Shown
from rich.text import Text

from alcore.escapes import printable
from alseg.output import say
from alseg.show.table import Cell, Row, Table
from alseg.wrapping import folded, longest_part, wrapped

_NO_BREAK = "\u00a0"
_BOUNDLESS = 100_000
"""A width in which rich squeezes nothing."""


def print_table(console: Console, table: Table, style: box.Box = box.SIMPLE_HEAD) -> None:
    """Print a table under its title, followed by its caption.

    Where not even one column fits beside the names, each row is a list of its columns.
    """
    say(console, printable(table.title), style="bold")
    fitting = list(parts(console, table, style))
    for part in fitting:
        console.print(part, width=max(console.width, _width(console, part)), crop=False)
    if not fitting:
        for row in table.rows:
            _print_list(console, table, row)
    say(console, f"{printable(table.caption)}\n" if table.caption else "", style="dim")


def parts(console: Console, table: Table, style: box.Box) -> Iterator[Shown]:
    """The table with its columns spread over as many parts as show every one within the console's width.

    None where some column does not fit beside the names.
    """
    numbers = range(table.text_columns, len(table.columns))
    alone = [_part(table, (place,), console.width, style) for place in numbers] or [
        _part(table, (), console.width, style)
    ]
    if any(_width(console, part) > console.width for part in alone):
        return
    start = table.text_columns
    if start >= len(table.columns):
        yield alone[0]
    while start < len(table.columns):
        stop = start + 1
        while stop < len(table.columns):
            wider = _part(table, range(start, stop + 1), console.width, style)
            if _width(console, wider) > console.width:
                break
            stop += 1
        yield _part(table, range(start, stop), console.width, style)
        start = stop


def _print_list(console: Console, table: Table, row: Row) -> None:
    """A row as its name, and a line for each other column."""
    name, *others = row.cells
    console.print(Text(printable(name.text)), soft_wrap=True)
    for head, cell in zip(table.columns[1:], others, strict=True):
        text = printable(cell.text)
        value = text if cell.order is None else text.replace(" ", _NO_BREAK)
        line = wrapped(f"  {printable(head)}: {value}", console.width, indent="    ")
        console.print(Text(line.replace(_NO_BREAK, " "), style=_style(cell)), soft_wrap=True)


def _width(console: Console, part: Shown) -> int:
    """The width that a part takes: what rich measures beforehand is less, and it crops the rest."""
    lines = Segment.split_lines(console.render(part, console.options.update(width=_BOUNDLESS)))
    return max(map(Segment.get_line_length, lines))


def _part(table: Table, places: Sequence[int], width: int, style: box.Box) -> Shown:
    """Names are folded behind a comma where they are wide; heads, and words in place of numbers, between words."""
    part = Shown(box=style, pad_edge=style is not box.SIMPLE_HEAD)
    share = width // 2 // max(table.text_columns, 1)
    columns = []
    for place in range(table.text_columns):
        labels = [printable(text) for text in (table.columns[place], *(row.cells[place].text for row in table.rows))]
        widest = max(max(map(longest_part, labels)), min(max(map(len, labels)), share))
        head, *cells = (folded(label, widest) for label in labels)
        part.add_column(Text(head), no_wrap=True, width=max(map(_longest_line, (head, *cells))))
        columns.append([Text(cell) for cell in cells])
    for place in places:
        heads = [table.columns[place], *(row.cells[place].text for row in table.rows if row.cells[place].order is None)]
        numbers = max(
            (len(row.cells[place].text) for row in table.rows if row.cells[place].order is not None), default=0
        )
        widest = max(numbers, *(len(word) for head in heads for word in printable(head).split()), 1)
        part.add_column(
            Text(wrapped(printable(table.columns[place]), widest)), justify="right", no_wrap=True, width=widest
        )
        columns.append([_text(row.cells[place], widest) for row in table.rows])
    for texts in zip(*columns, strict=True):
        part.add_row(*texts)
    return part


def _text(cell: Cell, width: int) -> Text:
    return Text(wrapped(printable(cell.text), width), style=_style(cell))


def _style(cell: Cell) -> str:
    return "bold" if cell.best else ""


def _longest_line(text: str) -> int:
    return max(map(len, text.split("\n")))
