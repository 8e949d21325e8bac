"""Tables as Markdown and as LaTeX."""

from alcore.results.tables import TextTable

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "<": r"$<$",
    ">": r"$>$",
}


def markdown(table: TextTable) -> str:
    """A pipe table under its title in bold, followed by its caption."""
    rules = [":--", *["--:"] * (len(table.header) - 1)]
    lines = [_markdown_row(row) for row in (table.header, tuple(rules), *table.rows)]
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
        _latex_row(table.header),
        r"\midrule",
        *(_latex_row(row) for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text with everything escaped that LaTeX would take for a command."""
    return "".join(_LATEX.get(character, character) for character in text)


def _latex_row(cells: tuple[str, ...]) -> str:
    # A row that begins with a bracket would be read as the optional argument of the line break before it.
    line = " & ".join(escaped(cell) for cell in cells)
    return (f"{{}}{line}" if line.startswith("[") else line) + r" \\"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(". ") + "." if text.strip() else ""
