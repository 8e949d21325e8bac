"""``alseg plugins show``."""

from typing import TYPE_CHECKING

import click

from alcore.specs import SPEC_TYPES
from alseg.completing import names_of
from alseg.output import terminal
from alseg.show.json_output import echo_json

if TYPE_CHECKING:
    from rich.console import Console

    from alcore.registry import Component


@click.command()
@click.argument("name", shell_complete=names_of())
@click.option("--kind", type=click.Choice(list(SPEC_TYPES)), help="Needed only where several kinds have that name.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def show(name: str, kind: str | None, as_json: bool) -> None:
    """Describe the component NAME: summary, options, origin, reference."""
    from alcore.registry import Registry, describe_component

    components = Registry.installed().named(name, SPEC_TYPES[kind] if kind else None)
    if as_json:
        echo_json([describe_component(component) for component in components])
        return

    console = terminal()
    for component in components:
        _show(component, console)


def _show(component: "Component", console: "Console") -> None:
    from rich import box
    from rich.table import Table

    from alcore.registry import describe_options
    from alcore.specs import StrategySpec

    spec = component.spec
    console.print(f"{spec.kind} {spec.name}: {spec.summary}", style="bold")
    facts = {
        "from": f"{component.origin} (plugin {component.found.plugin})",
        "code": spec.target,
        "reference": spec.reference,
        "aliases": ", ".join(spec.aliases),
        "units": ", ".join(spec.units) if isinstance(spec, StrategySpec) else "",
    }
    for label, fact in facts.items():
        if fact:
            console.print(f"{label + ':':11}{fact}")
    options = describe_options(spec.options)
    if not options:
        console.print(f"{'options:':11}none")
        return
    if spec.kind == "metric":
        example = f'evaluation.metrics=[{{name="{spec.name}", {options[0].name}={options[0].default}}}]'
        console.print(f"{'set by:':11}--set '{example}'", soft_wrap=True)
    keys = [f"{component.section}.{option.name}".lstrip(".") for option in options]
    # A key is there to be typed: it is never broken nor cut.
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("option", no_wrap=True, min_width=max(map(len, keys)))
    for heading in ("type", "default", "meaning"):
        table.add_column(heading, overflow="fold")
    for key, option in zip(keys, options, strict=True):
        kind_of = f"name of {'an' if option.names[0] in 'aeiou' else 'a'} {option.names}" if option.names else ""
        type_text = ", ".join(filter(None, (kind_of or option.type, option.bounds)))
        table.add_row(key, type_text, "required" if option.required else option.default, option.description)
    console.print(table)
