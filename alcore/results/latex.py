"""Text and rows of tables in LaTeX."""

from collections.abc import Iterable

_COMMANDS = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
    "±": r"$\pm$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "–": "--",
}


def escaped(text: str) -> str:
    """Text with everything escaped that LaTeX would take for a command, or cannot show in every font."""
    return "".join(_COMMANDS.get(character, character) for character in text)


def table_row(cells: Iterable[str]) -> str:
    """A row of a ``tabular``; the cells are LaTeX already."""
    line = " & ".join(cells)
    # A row that begins with a bracket would be read as the optional argument of the line break before it.
    return (f"{{}}{line}" if line.startswith("[") else line) + r" \\"
