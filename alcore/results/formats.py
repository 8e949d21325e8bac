"""Tables as Markdown and as LaTeX."""

from alcore.results.latex import escaped, table_row
from alcore.results.tables import TextTable


def markdown(table: TextTable) -> str:
    """A pipe table under its title in bold, followed by its caption."""
    rules = [":--", *["--:"] * (len(table.header) - 1)]
    lines = [_markdown_row(cells) for cells in (table.header, tuple(rules), *table.rows)]
    return "\n".join([f"**{table.title}**", "", *lines, *(["", table.caption] if table.caption else [])]) + "\n"


def _markdown_row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def latex(table: TextTable) -> str:
    r"""A ``table`` with a ``tabular`` that needs ``\usepackage{booktabs}`` and nothing else."""
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escaped(_sentence(table.title))} {escaped(_sentence(table.caption))}}}".replace(" }", "}"),
        rf"\begin{{tabular}}{{l{'r' * (len(table.header) - 1)}}}",
        r"\toprule",
        table_row(map(escaped, table.header)),
        r"\midrule",
        *(table_row(map(escaped, cells)) for cells in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(". ") + "." if text.strip() else ""
