"""A table of results in as many parts as the terminal's width asks for."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table

from alcore.results.tables import TextTable

_BETWEEN = 3
"""Characters between two columns."""


def parts(table: TextTable, width: int) -> Iterator[Table]:
    """The table with its columns spread over as many as are needed to show every one within ``width`` characters."""
    labels = [table.header[0], *(row[0].replace(",", ", ") for row in table.rows)]
    # Long labels are folded, after a comma where they can be; numbers are broken between words alone.
    least = [min(_longest_word(labels), width // 2)]
    least += [
        _longest_word([head, *(row[place] for row in table.rows)]) for place, head in enumerate(table.header) if place
    ]
    start = 1
    while start < len(least):
        stop = start + 1
        while stop < len(least) and least[0] + _BETWEEN + sum(w + _BETWEEN for w in least[start : stop + 1]) <= width:
            stop += 1
        shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        shown.add_column(labels[0], overflow="fold", min_width=least[0])
        for head, needed in zip(table.header[start:stop], least[start:stop], strict=True):
            shown.add_column(head, justify="right", overflow="fold", min_width=needed)
        for label, row in zip(labels[1:], table.rows, strict=True):
            shown.add_row(label, *row[start:stop])
        yield shown
        start = stop


def _longest_word(cells: Sequence[str]) -> int:
    return max((len(word) for cell in cells for word in cell.split()), default=0)
