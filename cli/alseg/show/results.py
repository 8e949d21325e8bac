"""Results on the terminal, as Markdown or as LaTeX."""

from collections.abc import Sequence

import click
from rich.console import Console

from alcore.results.against import SOURCE, against_paper
from alcore.results.audit import audit as audit_of
from alcore.results.audit import overlaps
from alcore.results.formats import latex, markdown
from alcore.results.overview import Overview
from alcore.results.tables import (
    TextTable,
    audit_tables,
    paper_table,
    rounds_tables,
    statistics_tables,
    summary_tables,
)
from alseg.show.parts import parts


def show_results(
    overview: Overview, form: str | None, *, per_class: bool, statistics: bool, audit: bool, against: bool
) -> None:
    """Print the tables, then what they say; as text on the terminal unless ``form`` is ``latex`` or ``markdown``."""
    tables = [*rounds_tables(overview, per_class=per_class), *summary_tables(overview)]
    sentences = list(overview.comparison.sentences)
    notes = [*overview.found.notes]
    if statistics:
        tables += statistics_tables(overview)
    if audit:
        tables += audit_tables(audit_of(overview.found), overlaps(overview.found))
    if against:
        published = against_paper(overview.found)
        tables += [paper_table(published)] if len(published.table) else []
        notes += [*published.notes, f"The paper's figures: {SOURCE}."]
    if form is None:
        _print(tables, [*sentences, *(f"note: {note}" for note in notes)])
        return
    click.echo("\n".join(map(latex if form == "latex" else markdown, tables)), nl=False)
    mark = "% " if form == "latex" else "- "
    click.echo("\n" + "\n".join(mark + line for line in (*sentences, *notes)))


def _print(tables: Sequence[TextTable], lines: Sequence[str]) -> None:
    console = Console(highlight=False, markup=False)
    for table in tables:
        console.print(table.title, style="bold")
        for part in parts(table, console.width):
            console.print(part)
        if table.caption:
            console.print(f"{table.caption}\n", style="dim")
    for line in lines:
        console.print(line)
