"""The group of all installed commands: those of alseg and those that plugins bring."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from alseg.lazy import LazyGroup

if TYPE_CHECKING:
    from alcore import Registry

_REGISTRY = "alseg.registry"


class InstalledCommands(LazyGroup):
    """Knows the commands that the registry offers; of two with one name, calling either names both sources."""

    def registry(self, ctx: click.Context) -> "Registry":
        """The registry, read once for a command line."""
        if _REGISTRY not in ctx.meta:
            from alcore import Registry

            ctx.meta[_REGISTRY] = Registry.installed()
        registry: Registry = ctx.meta[_REGISTRY]
        return registry

    def summaries(self, ctx: click.Context) -> Mapping[str, str]:
        """One line of help by command name; for a name that is offered twice, by whom."""
        from alcore import CommandSpec

        registry = self.registry(ctx)
        offered = {component.spec.name: component.spec.summary for component in registry.components(CommandSpec)}
        for (kind, name), clashing in registry.clashes().items():
            if kind == CommandSpec.kind:
                offered[name] = f"Cannot be called: offered by {' and '.join(item.origin for item in clashing)}."
        return offered

    def imported(self, ctx: click.Context, name: str) -> click.Command:
        """Import the command of that name.

        Raises:
            AlsegError: two distributions offer it, it cannot be imported, or it is no click command.
        """
        from alcore import CommandSpec
        from alcore.errors import plugin_fault

        component = self.registry(ctx).get(CommandSpec, name)
        command = component.load()
        if not isinstance(command, click.Command):
            raise plugin_fault(component.full_name, f"is a {type(command).__name__}, no click command")
        return command

    def missed(self, ctx: click.Context, name: str) -> None:
        """Say that there is no such command, with the nearest one, and with the plugins that could not be asked.

        Raises:
            AlsegError: always.
        """
        from alcore import CommandSpec

        self.registry(ctx).get(CommandSpec, name)
