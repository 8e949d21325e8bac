"""Text of data as each medium takes it for text: terminals, CSV, Markdown, LaTeX and names of files.

Pages are escaped by their templates, charts by what draws them; both begin with what is printable.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of characters that a terminal obeys or cannot write."""

_HARMLESS = "\n\t\u00ad\u200c\u200d"
"""Of these, what layout and scripts need: line ends, tabs, soft hyphens, joiners."""

_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a cell begins that a spreadsheet computes (OWASP, CSV injection), or that was quoted for it."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

_LATEX = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    **{character: f"${character}$" for character in "<>|"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    "±": r"$\pm$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "–": "--",
    "-": "-{}",  # the first of two, which would be a dash
}
_IN_LATEX = re.compile(f"-(?=-)|[{re.escape(''.join(_LATEX.keys() - {'-'}))}]")

_MARKDOWN = {
    **{character: f"\\{character}" for character in r"\`*[]|~$_:.)#+-="},
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
}
_IN_MARKDOWN = re.compile(
    r"[\\`*\[\]|~$&<>]"
    r"|(?<!\w)_|_(?!\w)"  # within a word it is a letter
    r"|:(?=//)|(?<=\bwww)\."  # addresses
    r"|^#|^[+-](?= )|^[=-](?=[=-]*$)|^\d+[.)](?= )"  # headings, lists and rules
)

_NOT_IN_A_FILE_NAME = re.compile(r'[\x00-\x20/\\:*?"<>|]')
_LONGEST_FILE_NAME = 100
"""Bytes of a name of data within the name of a file: there are other parts, and 255 in all."""


def printable(text: str) -> str:
    """``text`` with escapes for control characters, bidirectional overrides, lone surrogates and non-characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) if _steers(character) else character for character in text)


def one_line(text: str) -> str:
    """What is printable, with escapes for line ends and tabs too."""
    return printable(text).replace("\n", r"\n").replace("\t", r"\t")


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV in which no cell is a formula: text that a spreadsheet would compute begins with an apostrophe.

    Numbers stay numbers, written as text too; None and NaN are empty cells.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def csv_value(cell: str) -> str:
    """The text that :func:`csv_text` wrote as ``cell``."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def markdown_text(text: str) -> str:
    """One line of text for a paragraph, an item or a cell of a table in GitHub's Markdown."""
    return _IN_MARKDOWN.sub(lambda match: match[0][:-1] + _MARKDOWN[match[0][-1]], one_line(text))


def latex_text(text: str) -> str:
    """One line of text for LaTeX, without what it would take for a command or a ligature."""
    return _IN_LATEX.sub(lambda match: _LATEX[match[0]], one_line(text))


def file_names(names: Sequence[str]) -> list[str]:
    """``names`` as parts of names of files that every file system takes: short, and no two alike, in either case."""
    made: list[str] = []
    taken = set()
    for name in names:
        plain = _NOT_IN_A_FILE_NAME.sub("-", printable(name)) or "unnamed"
        plain = plain.encode()[:_LONGEST_FILE_NAME].decode("utf-8", "ignore")
        numbered = (plain if number == 1 else f"{plain}-{number}" for number in range(1, len(names) + 1))
        chosen = next(one for one in numbered if one.casefold() not in taken)
        taken.add(chosen.casefold())
        made.append(chosen)
    return made


def _steers(character: str) -> bool:
    if ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
        return True  # the non-characters, which XML does not allow
    return unicodedata.category(character) in _STEERING and character not in _HARMLESS


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return None if value != value else value
    if _NUMBER.fullmatch(value):
        return value
    text = value.encode("utf-8", "backslashreplace").decode()  # a lone surrogate cannot be written
    return f"'{text}" if _FORMULA.match(text) else text
