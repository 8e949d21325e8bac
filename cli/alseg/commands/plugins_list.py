"""``alseg plugins list``."""

from typing import TYPE_CHECKING

import click

from alcore.specs import SPEC_TYPES
from alseg.output import secho, terminal
from alseg.show.json_output import echo_json

if TYPE_CHECKING:
    from rich.table import Table

    from alcore import Registry


@click.command("list")
@click.option("--kind", type=click.Choice(list(SPEC_TYPES)), help="Only components of this kind.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def list_plugins(kind: str | None, as_json: bool) -> None:
    """List installed plugins and what they offer, broken and blocked ones included."""
    from alcore.registry import Registry, describe_installed

    registry = Registry.installed()
    if as_json:
        echo_json(describe_installed(registry, kind))
        return

    console = terminal()
    if kind is None:
        console.print(_plugins_table(registry))
    console.print(_components_table(registry, kind))
    for complaint in registry.complaints(kind):
        secho(f"wrong: {complaint}", fg="red")


def _plugins_table(registry: "Registry") -> "Table":
    from rich import box
    from rich.table import Table

    table = Table("plugin", "distribution", "version", "API", "state", box=box.SIMPLE_HEAD, pad_edge=False)
    for record in registry.records:
        found = record.found
        api = "" if record.api_version is None else str(record.api_version)
        table.add_row(found.plugin, found.distribution, found.version, api, record.state)
    return table


def _components_table(registry: "Registry", kind: str | None) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("summary")
    table.add_column("distribution", no_wrap=True)
    for shown in SPEC_TYPES if kind is None else (kind,):
        components = registry.components(SPEC_TYPES[shown])
        if components:
            table.add_section()
            table.add_row(Text(shown, style="bold"))
        for component in components:
            table.add_row(f"  {component.spec.name}", component.spec.summary, component.found.distribution)
    return table
