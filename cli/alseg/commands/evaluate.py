"""``alseg evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alseg.many_files import ManyFilesCommand
from alseg.output import echo
from alseg.show.json_output import echo_json

if TYPE_CHECKING:
    from alcore.api.models import Split


@click.command(cls=ManyFilesCommand)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--split", type=click.Choice(["train", "validation", "test"]), help="Split of the run's store.")
@click.option("--scans", multiple=True, metavar="FILES", help="Other scans; join the files of one scan by commas.")
@click.option("--labels", multiple=True, metavar="FILES", help="The label map of each of --scans.")
@click.option("--metrics", help="Metrics, joined by commas, as in dice,surface-dice:tolerance=2. Default: the run's.")
@click.option(
    "--pictures", type=click.Path(path_type=Path, file_okay=False), help="Folder for a picture per scan (PNG)."
)
@click.option("--device", help="auto, cpu, mps, cuda, cuda:0, ... Default: as the run.")
@click.option("--json", "as_json", is_flag=True, help="Print means and the scores of each scan as JSON.")
def evaluate(
    run: Path,
    split: "Split | None",
    scans: tuple[str, ...],
    labels: tuple[str, ...],
    metrics: str | None,
    pictures: Path | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Measure the model of RUN on a split of its store (validation by default), or on other files."""
    from alcore.api.models import evaluate as evaluate_model
    from alcore.api.models import files_of
    from alseg.progress import progress_of
    from alseg.show.evaluation import show_evaluation

    warnings: list[str] = []
    with progress_of("evaluating", "scans") as progress:
        evaluation = evaluate_model(
            run,
            split=split,
            scans=[files_of(text) for text in scans],
            labels=labels,
            metrics=metrics or (),
            pictures=pictures,
            device=device,
            progress=progress,
            warn=warnings.append,
        )
    for warning in warnings:
        echo(f"warning: {warning}", err=True)
    if as_json:
        echo_json(evaluation.as_json())
    else:
        show_evaluation(evaluation)
