"""Tables as Markdown and as LaTeX; the terminal and the page have renderers of their own."""

from collections.abc import Iterable

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


def latex(table: Table) -> str:
    r"""A ``table`` with a ``tabular`` that needs ``\usepackage{booktabs}`` and nothing else."""
    return "\n".join([latex_head(table), *map(latex_row, table.rows), LATEX_FOOT]) + "\n"


def latex_head(table: Table) -> str:
    """All that comes before the rows."""
    alignment = "l" * table.text_columns + "r" * (len(table.columns) - table.text_columns)
    caption = " ".join(filter(None, (_sentence(table.title), _sentence(table.caption))))
    return "\n".join(
        (
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{latex_text(caption)}}}",
            rf"\label{{tab:{table.key}}}",
            rf"\begin{{tabular}}{{{alignment}}}",
            r"\toprule",
            _latex_row(map(latex_text, table.columns)),
            r"\midrule",
        )
    )


LATEX_FOOT = "\n".join((r"\bottomrule", r"\end{tabular}", r"\end{table}"))
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
