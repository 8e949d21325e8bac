"""``alseg results``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from alseg import AS_JSON, echo, echo_json

if TYPE_CHECKING:
    from pandas import DataFrame


def _rounds(_ctx: click.Context, _param: click.Parameter, text: str | None) -> list[int] | None:
    try:
        return None if text is None else [int(number) for number in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no list of whole numbers such as 5,10,15") from error


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--metric", help="Metric to show. Default: dice, or the runs' first one where none measured it.")
@click.option("--split", help="Scans that were scored: validation or test. Default: as decided, else validation.")
@click.option("--class", "class_name", default="mean", show_default=True, help="A foreground class, or their mean.")
@click.option(
    "--rounds", callback=_rounds, help="Rounds of the table. Default: all if few, else 5,10,15,20,50 and the last."
)
@click.option(
    "--by",
    default="strategy",
    show_default=True,
    help="What is compared: strategy, model, loss, loss.gamma, any option.",
)
@click.option("--control", help="What the others are held against. Default: as decided, else random.")
@click.option("--margin", type=float, help="Differences from the control up to this are practically none, as 0.01.")
@click.option("--penalty-thin", is_flag=True, help="Penalty matrix of rounds 1, 2, 4, 8, ... alone.")
@click.option(
    "--penalty-cut", is_flag=True, help="Penalty matrix of rounds until the control has 99 % of its last score."
)
@click.option("--until", type=int, help="Cut all runs after this round.")
@click.option("--per-class", is_flag=True, help="A row per class in the table of rounds.")
@click.option(
    "--measure",
    type=click.Choice(["aubc", "final"]),
    help="What strategies are compared by. Default: as decided, else aubc.",
)
@click.option("--statistics", is_flag=True, help="Also ranks, paired differences and the penalty matrix.")
@click.option("--audit", is_flag=True, help="Also which slices each strategy chose.")
@click.option("--against", metavar="paper|DIR", help="Also the figures of the paper, or of a release, beside these.")
@click.option(
    "--table", "only", multiple=True, help="Print these tables alone, such as rounds or pairs; may be repeated."
)
@click.option("--tidy", "tidy_file", type=click.Path(path_type=Path), help="Write every score to this CSV file.")
@click.option(
    "--tidy-scans", "scans_file", type=click.Path(path_type=Path), help="Write every score of every scan to this file."
)
@click.option(
    "--export", "export_to", type=click.Path(path_type=Path), help="Write a release for others to this folder."
)
@AS_JSON
@click.option("--csv", "form", flag_value="csv", help="Print the table of rounds as CSV, with all digits.")
@click.option("--latex", "form", flag_value="latex", help="Print the tables as LaTeX (booktabs).")
@click.option("--markdown", "form", flag_value="markdown", help="Print the tables as Markdown.")
def results(
    directory: Path,
    per_class: bool,
    statistics: bool,
    audit: bool,
    against: str | None,
    only: tuple[str, ...],
    tidy_file: Path | None,
    scans_file: Path | None,
    export_to: Path | None,
    as_json: bool,
    form: str | None,
    **asked: Any,
) -> None:
    """Show what strategies scored and cost: of a benchmark, a folder of runs, or one run."""
    from alcore.registry import Registry
    from alseg_results.overview import look_at

    registry = Registry.installed()
    overview = look_at(directory, registry, **asked)
    if tidy_file is not None:
        _write(tidy_file, overview.tidy())
    if scans_file is not None:
        scans, notes = overview.tidy_scans()
        _write(scans_file, scans)
        for note in notes:
            echo(f"note: {note}", err=True)
    if export_to is not None:
        _export(directory, export_to)
    if as_json:
        echo_json(overview.as_json(registry, **({} if against is None else {"against": against})))
        return
    if form == "csv":
        echo(overview.as_csv(), nl=False)
        return

    from alseg_results.commands.show import show_results

    show_results(
        overview, registry, form, per_class=per_class, statistics=statistics, audit=audit, against=against, only=only
    )


def _export(directory: Path, folder: Path) -> None:
    from alseg_results.release.write import export

    released = export(directory, folder)
    for note in released.notes:
        echo(f"note: {note}", err=True)
    echo(f"release: {folder} (sha256 of its manifest: {released.digest})", err=True)


def _write(path: Path, frame: "DataFrame") -> None:
    from alcore.files import write_text
    from alseg_results.tidy import csv_of

    write_text(path, csv_of(frame))
    echo(f"scores: {path}", err=True)
