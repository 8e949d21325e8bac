"""What the shell completes: names of what is installed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from alcore import ComponentSpec

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def names_of(kind: type[ComponentSpec] = ComponentSpec) -> Complete:
    """Complete the names of the installed components of ``kind``, by default of every kind, with their summaries."""

    def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        from alcore import Registry

        return [
            CompletionItem(component.spec.name, help=component.spec.summary)
            for component in Registry.installed().components(kind)
            if component.spec.name.startswith(incomplete)
        ]

    return complete


def protocol_names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Complete the names of the protocols."""
    from click.shell_completion import CompletionItem

    from alcore.api.listing import protocols

    return [CompletionItem(name, help=text) for name, text in protocols().items() if name.startswith(incomplete)]
