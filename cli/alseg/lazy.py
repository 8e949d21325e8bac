"""A command group that imports a command only when it is called."""

import importlib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from alseg.verbose import verbose_option

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """Knows its commands by name and one-line help.

    Args:
        lazy: ``(target, help)`` by command name; a target is ``"package.module:command"``.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy or {}
        self.params.append(verbose_option())

    def summaries(self, ctx: click.Context) -> Mapping[str, str]:
        """One line of help by command name, sorted by name; imports no command."""
        return {name: text for name, (_, text) in sorted(self.lazy.items())}

    def imported(self, ctx: click.Context, name: str) -> click.Command:
        """Import the command of that name, which is one of :meth:`summaries`."""
        module, _, attribute = self.lazy[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def missed(self, ctx: click.Context, name: str) -> None:
        """Say that there is no such command, with the nearest one."""
        names = self.summaries(ctx)
        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Commands: {', '.join(names)}."
        ctx.fail(f"No such command '{name}'. {hint}")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The command names, sorted."""
        return list(self.summaries(ctx))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in self.summaries(ctx):
            return None
        command = self.imported(ctx, cmd_name)
        if not any(parameter.name == "verbose" for parameter in command.params):
            command.params.append(verbose_option())
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete the commands without importing them, and the group's own options."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=text) for name, text in self.summaries(ctx).items() if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that ``args`` begin with; a miss suggests the nearest name."""
        if not args[0].startswith("-") and args[0] not in self.summaries(ctx):
            self.missed(ctx, args[0])
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries(ctx).items()))
