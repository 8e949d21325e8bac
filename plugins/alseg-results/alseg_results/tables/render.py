"""Tables as Markdown and as LaTeX; the terminal and the page have renderers of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alseg.show.table import Cell, Row, Table

from alcore.escapes import latex_text, markdown_text


def markdown(table: Table) -> str:
    """A pipe table under its title in bold, followed by its caption; the best stands out in bold."""
    n_numbers = len(table.columns) - table.text_columns
    rules = [":--"] * table.text_columns + ["--:"] * n_numbers
    cells = (map(_markdown_cell, row.cells) for row in table.rows)
    lines = [_markdown_row(row) for row in (map(markdown_text, table.columns), rules, *cells)]
    caption = ["", markdown_text(table.caption)] if table.caption else []
    return "\n".join([f"**{markdown_text(table.title)}**", "", *lines, *caption]) + "\n"


def _markdown_cell(cell: Cell) -> str:
    text = markdown_text(cell.text)
    return f"**{text}**" if cell.best else text


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


TEXT_WIDTH = 345.0
"""Points of a line of text in LaTeX's ``article``."""

_CHARACTER, _COLUMN = 4.7, 8.0
"""Points of a character in ``\\small``, on average, and of the space between two columns."""


def latex(table: Table) -> str:
    r"""A ``table`` that needs ``\usepackage{booktabs}`` and nothing else.

    Where it would be wider than the text, it is a ``tabular`` for as many columns as fit, and another one below for the
    next, names repeated.
    """
    parts = [_columns(table, places) for places in _fitting(table)]
    tabulars = ["\n".join((_tabular_head(part), *map(latex_row, part.rows), _TABULAR_FOOT)) for part in parts]
    return "\n".join((_table_head(table), "\n\n\\medskip\n".join(tabulars), _TABLE_FOOT)) + "\n"


def _fitting(table: Table) -> list[list[int]]:
    """The columns of numbers of each part: as many as fit beside the names, one at least."""
    widths = [
        _CHARACTER * max(len(text) for text in (table.columns[place], *(row.cells[place].text for row in table.rows)))
        + _COLUMN
        for place in range(len(table.columns))
    ]
    left = TEXT_WIDTH - sum(widths[: table.text_columns])
    parts: list[list[int]] = [[]]
    used = 0.0
    for place in range(table.text_columns, len(table.columns)):
        if parts[-1] and used + widths[place] > left:
            parts.append([])
            used = 0.0
        parts[-1].append(place)
        used += widths[place]
    return parts


def _columns(table: Table, places: Sequence[int]) -> Table:
    """The table with its names and those columns of numbers."""
    kept = (*range(table.text_columns), *places)
    rows = tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in table.rows)
    return replace(table, columns=tuple(table.columns[place] for place in kept), rows=rows)


def latex_head(table: Table) -> str:
    """All that comes before the rows."""
    return "\n".join((_table_head(table), _tabular_head(table)))


def _table_head(table: Table) -> str:
    caption = " ".join(filter(None, (_sentence(table.title), _sentence(table.caption))))
    return "\n".join(
        (
            r"\begin{table}",
            r"\centering\small",
            rf"\caption{{{latex_text(caption)}}}",
            rf"\label{{tab:{table.key}}}",
        )
    )


def _tabular_head(table: Table) -> str:
    alignment = "l" * table.text_columns + "r" * (len(table.columns) - table.text_columns)
    heads = _latex_row(map(latex_text, table.columns))
    return "\n".join((rf"\begin{{tabular}}{{{alignment}}}", r"\toprule", heads, r"\midrule"))


_TABULAR_FOOT = "\n".join((r"\bottomrule", r"\end{tabular}"))
_TABLE_FOOT = r"\end{table}"
LATEX_FOOT = "\n".join((_TABULAR_FOOT, _TABLE_FOOT))
"""All that comes after the rows."""


def latex_row(row: Row) -> str:
    """One row; the best of a column is bold."""
    return _latex_row(map(_latex_cell, row.cells))


def _latex_cell(cell: Cell) -> str:
    text = latex_text(cell.text)
    return rf"\textbf{{{text}}}" if cell.best else text


def _latex_row(cells: Iterable[str]) -> str:
    line = " & ".join(cells)
    # A row that begins with a bracket or a star would be read as an argument of the line break before it.
    return (f"{{}}{line}" if line.startswith(("[", "*")) else line) + r" \\"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(". ") + "." if text.strip() else ""
