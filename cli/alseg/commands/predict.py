"""``alseg predict``."""

from pathlib import Path

import click

from alseg.many_files import ManyFilesCommand
from alseg.output import echo


@click.command(cls=ManyFilesCommand)
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--scans",
    multiple=True,
    required=True,
    metavar="FILES",
    help="Scans; join the files of one scan by commas.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write to.")
@click.option("--probabilities", is_flag=True, help="Write the probabilities of every class too.")
@click.option("--device", help="auto, cpu, mps, cuda, cuda:0, ... Default: as the run.")
def predict(run: Path, scans: tuple[str, ...], out: Path, probabilities: bool, device: str | None) -> None:
    """Predict scans by the model of RUN and write NIfTI label maps in their own geometry."""
    from alcore.api.models import files_of
    from alcore.api.models import predict as predict_scans
    from alseg.progress import progress_of

    warnings: list[str] = []
    with progress_of("predicting", "scans") as progress:
        written = predict_scans(
            run,
            [files_of(text) for text in scans],
            out,
            probabilities=probabilities,
            device=device,
            progress=progress,
            warn=warnings.append,
        )
    for warning in warnings:
        echo(f"warning: {warning}", err=True)
    for path in written:
        echo(path)
