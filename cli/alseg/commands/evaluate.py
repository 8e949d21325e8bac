"""``alseg evaluate``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alseg.many_files import ManyFiles
from alseg.show.json_output import echo_json
from alseg.terminal import echo

if TYPE_CHECKING:
    from alcore.scans import Split


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--split", type=click.Choice(["train", "validation", "test"]), help="Split of the run's store.")
@click.option(
    "--scans", cls=ManyFiles, multiple=True, metavar="FILES", help="Other scans; join the files of one scan by commas."
)
@click.option("--labels", cls=ManyFiles, multiple=True, metavar="FILES", help="The label map of each of --scans.")
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
    from alcore.benchmark.grid import parse_choices
    from alcore.errors import AlsegError
    from alcore.prediction.evaluate import evaluate_files, evaluate_split
    from alcore.prediction.predict import files_of
    from alcore.registry import Registry
    from alseg.progress import progress_of
    from alseg.show.evaluation import show_evaluation

    if split and (scans or labels):
        raise AlsegError("--split and --scans exclude each other", hint="--split means scans of the run's store")
    chosen = [metric.as_section() for metric in parse_choices(metrics)] if metrics else []
    registry = Registry.installed()
    warnings: list[str] = []
    if scans or labels:
        with progress_of("evaluating", "scans") as progress:
            evaluation = evaluate_files(
                run,
                registry,
                [files_of(text) for text in scans],
                [Path(label) for label in labels],
                metrics=chosen,
                pictures=pictures,
                device=device,
                progress=progress,
                warn=warnings.append,
            )
    else:
        evaluation = evaluate_split(
            run, registry, split or "validation", metrics=chosen, pictures=pictures, device=device
        )
    for warning in warnings:
        echo(f"warning: {warning}", err=True)
    if as_json:
        echo_json(evaluation.as_json())
    else:
        show_evaluation(evaluation)
