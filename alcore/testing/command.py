"""What every command must do."""

from collections.abc import Iterator
from typing import Any

from alcore.specs import CommandSpec
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe


def check_command(spec: CommandSpec) -> None:
    """Check that a command is one of click's, that it goes by the name of its spec, and that its help is whole.

    Of a group every command is checked, at any depth. None is called.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"command {spec.name!r}", command_findings(spec))


def command_findings(spec: CommandSpec) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_command`."""
    checks = _CommandChecks(spec)
    of_click = probe(
        "the target is a command",
        checks.found_at_target,
        expected=f"a click command or group at {spec.target}",
        fix="put @click.command() or @click.group() above the function that the target names",
    )
    yield of_click
    if not of_click.passed:
        return
    yield probe(
        "the command goes by the name of its spec",
        checks.found_in_name,
        expected=f"the name {spec.name!r}",
        fix=f'name it: @click.command("{spec.name}")',
    )
    yield probe(
        "every command says what it does",
        checks.found_in_help,
        expected="a sentence as the docstring of the command, and of each command in a group",
        fix="write a docstring below the function's head, or help='...'",
    )
    yield probe(
        "every option says what it is for",
        checks.found_in_options,
        expected="help='...' for each option",
        fix="describe these options in one sentence each",
    )


class _CommandChecks:
    """The checks; each returns what it found amiss, or an empty text. The core does not know click: it asks by name."""

    def __init__(self, spec: CommandSpec) -> None:
        self.spec = spec

    def found_at_target(self) -> str:
        found = self.spec.load()
        of_click = any(kind.__module__.partition(".")[0] == "click" for kind in type(found).__mro__)
        return "" if of_click and hasattr(found, "get_help") else f"an object of type {type(found).__name__}"

    def found_in_name(self) -> str:
        name = self.spec.load().name
        return "" if name == self.spec.name else f"the name {name!r}"

    def found_in_help(self) -> str:
        silent = [path for path, command, context in self._commands() if not (command.help or "").strip()]
        unshown = [path for path, command, context in self._commands() if not command.get_help(context).strip()]
        return ", ".join(silent or unshown)

    def found_in_options(self) -> str:
        return ", ".join(
            f"{path} {max(parameter.opts, key=len)}"
            for path, command, _ in self._commands()
            for parameter in command.params
            if parameter.param_type_name == "option" and not parameter.hidden and not parameter.help
        )

    def _commands(self) -> Iterator[tuple[str, Any, Any]]:
        """The command and those within it: path, command, context."""
        command = self.spec.load()
        yield from _within(self.spec.name, command, command.context_class(command, info_name=self.spec.name))


def _within(path: str, command: Any, context: Any) -> Iterator[tuple[str, Any, Any]]:
    yield path, command, context
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        inner = command.get_command(context, name)
        inner_context = inner.context_class(inner, info_name=name, parent=context)
        yield from _within(f"{path} {name}", inner, inner_context)
