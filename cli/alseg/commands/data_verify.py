"""``alseg data verify``."""

from pathlib import Path

import click

from alseg.data_options import DATA_DIR
from alseg.output import echo


@click.command()
@click.argument("name")
@DATA_DIR
def verify(name: str, data_dir: Path | None) -> None:
    """Read the whole store NAME (a name or a path) and compare it with the checksums stored in it."""
    from alcore.api.stores import store_path, verify_store
    from alseg.progress import progress_of

    path = store_path(name, data_dir)
    with progress_of(f"verifying {path.stem}", "scans") as progress:
        info = verify_store(path, progress=progress)
    synthetic = " (synthetic)" if info.synthetic else ""
    echo(f"{path}: {info.dataset}{synthetic} is sound, fingerprint {info.fingerprint[:16]}")
