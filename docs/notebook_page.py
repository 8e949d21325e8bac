"""Puts the notebook ``docs/notebook.py`` into the page that asks for it."""

from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).with_name("notebook.py")
MARK = "<!-- notebook -->"
CELL = "# %%"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by mkdocs for every page."""
    return markdown.replace(MARK, rendered(NOTEBOOK.read_text(encoding="utf-8"))) if MARK in markdown else markdown


def rendered(notebook: str) -> str:
    """The cells of a notebook in percent format as Markdown."""
    parts = []
    for cell in notebook.split(f"{CELL}")[1:]:
        kind, _, body = cell.partition("\n")
        if "[markdown]" in kind:
            parts.append("\n".join(line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines()))
        else:
            parts.append(f"```python\n{body.strip()}\n```")
    return "\n\n".join(parts)
