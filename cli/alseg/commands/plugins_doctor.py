"""``alseg plugins doctor``."""

import sys

import click

from alseg.data_options import AS_JSON
from alseg.output import echo
from alseg.show.json_output import echo_json

EXIT_UNSOUND = 1


@click.command()
@AS_JSON
def doctor(as_json: bool) -> None:
    """Examine this installation: versions, devices, plugins that do not work. Text to paste into a bug report.

    Imports every component, which can take some seconds, and compares what alseg and the plugins need with what is
    installed. The exit status is 1 if something is wrong.
    """
    from alcore.api.plugins import examine

    found = examine()
    if as_json:
        echo_json(found.as_json())
    else:
        told = {f"plugin {name}": f"{fact['origin']}, {fact['state']}" for name, fact in found.plugins.items()}
        for label, fact in (found.machine | found.versions | told).items():
            echo(f"{label + ':':22}{fact}")
        for name, command in found.absent.items():
            echo(f"{'optional ' + name + ':':22}not installed; {command}")
        for complaint in found.wrong:
            echo(f"wrong: {complaint}")
    if found.wrong:
        sys.exit(EXIT_UNSOUND)
    if not as_json:
        echo("All plugins load, every implementation imports, no name is offered twice, no requirement is unmet.")
