"""Results on the terminal, as Markdown or as LaTeX."""

import re
from collections.abc import Sequence

from alseg import echo, print_table, say, terminal
from alseg.show.table import Table

from alcore import AlsegError
from alcore.escapes import markdown_text, one_line
from alcore.registry import Registry
from alseg_results.overview import Overview
from alseg_results.tables.comparison import comparison_tables
from alseg_results.tables.published import published_table
from alseg_results.tables.render import latex, markdown
from alseg_results.tables.scans import mixed_tables, scan_interval_tables, weakest_table
from alseg_results.tables.scores import effort_table, rounds_table, whole_table
from alseg_results.tables.selections import selection_tables


def show_results(
    overview: Overview,
    registry: Registry,
    form: str | None,
    *,
    per_class: bool,
    statistics: bool,
    audit: bool,
    against: str | None,
    only: Sequence[str] = (),
) -> None:
    """Print the verdict, the tables, then what else there is to say; ``form`` is ``latex`` or ``markdown``, or None.

    With ``only``, tables of these names are printed and nothing else.

    Raises:
        AlsegError: there is no table of such a name.
    """
    tables = _tables(overview, per_class=per_class, statistics=statistics or bool(only), audit=audit or bool(only))
    (verdict, *sentences), notes = overview.comparison.sentences, list(overview.notes)
    if against is not None:
        beside = overview.beside(against, registry)
        tables += [published_table(beside)] if len(beside.table) else []
        notes += [*beside.notes, f"The published figures: {beside.reference.source}."]
    if only:
        _print_only(_named(tables, only), form)
        return
    if form is None:
        _print(verdict, tables, [*sentences, *(f"note: {note}" for note in notes)])
        return
    mark, text_of = ("% ", one_line) if form == "latex" else ("- ", markdown_text)
    echo(f"{mark if form == 'latex' else ''}{text_of(verdict)}\n")
    echo("\n".join(map(latex if form == "latex" else markdown, tables)), nl=False)
    echo("\n" + "\n".join(mark + text_of(line) for line in (*sentences, *notes)))


def _tables(overview: Overview, *, per_class: bool, statistics: bool, audit: bool) -> list[Table]:
    tables: list[Table | None] = []
    for dataset in overview.found.datasets:
        tables += [rounds_table(overview, dataset, per_class=per_class), whole_table(overview, dataset)]
        tables += [weakest_table(overview, dataset), effort_table(overview, dataset)]
    if statistics:
        tables += [*comparison_tables(overview), *scan_interval_tables(overview), *mixed_tables(overview)]
    if audit:
        tables += selection_tables(overview.found)
    return [table for table in tables if table is not None and len(table.columns) > table.text_columns]


def _named(tables: Sequence[Table], names: Sequence[str]) -> list[Table]:
    """The tables of these names: their keys without the number of the dataset."""
    by_name: dict[str, list[Table]] = {}
    for table in tables:
        by_name.setdefault(re.sub(r"-\d+$", "", table.key), []).append(table)
    for name in names:
        if name not in by_name:
            raise AlsegError(f"there is no table {name!r}", hint=f"there are: {', '.join(by_name)}")
    return [table for name in dict.fromkeys(names) for table in by_name[name]]


def _print_only(tables: Sequence[Table], form: str | None) -> None:
    if form is None:
        console = terminal()
        for table in tables:
            print_table(console, table)
        return
    echo("\n".join(map(latex if form == "latex" else markdown, tables)), nl=False)


def _print(verdict: str, tables: list[Table], lines: list[str]) -> None:
    console = terminal()
    say(console, f"{verdict}\n", style="bold")
    for table in tables:
        print_table(console, table)
    for line in lines:
        say(console, line)
