"""``alseg config init``."""

from pathlib import Path
from typing import Any

import click

from alseg.output import echo
from alseg.run_values import configured, one_run_options


@click.command()
@one_run_options
@click.option("--out", type=click.Path(path_type=Path), help="File to write. Default: stdout.")
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
def init(config_file: Path | None, settings: tuple[str, ...], out: Path | None, force: bool, **flags: Any) -> None:
    """Write a configuration file for 'alseg run --config', with a comment on every option.

    It holds the values that 'alseg run' would take with the same options; without --dataset, phantom's.
    """
    from alcore import AlsegError, write_text

    flags["dataset"] = flags["dataset"] or "phantom"
    text = configured(config_file, settings, flags).as_commented_toml()
    if out is None:
        echo(text, nl=False)
        return
    if out.exists() and not force:
        raise AlsegError(f"{out} exists already", hint="choose another --out, or --force")
    write_text(out, text)
    echo(f"wrote {out}; run it: alseg run --config {out}", err=True)
