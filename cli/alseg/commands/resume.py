"""``alseg resume``."""

from pathlib import Path

import click


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def resume(directory: Path, as_json: bool) -> None:
    """Go on with the run in DIRECTORY after its last committed round."""
    from alseg.show.session import resume_run

    resume_run(directory, as_json)
