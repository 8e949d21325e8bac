"""The public names and their signatures are a promise: a change must be meant.

To accept a change, run this file as a program, and say in the changelog what changed.
"""

import dataclasses
import inspect
from pathlib import Path

import alcore
from alcore import hookspecs, testing
from alcore.specs import HOOKS

SNAPSHOT = Path(__file__).with_name("public_api.txt")


def signature(function):
    shown = []
    for parameter in inspect.signature(function).parameters.values():
        star = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        keyword = "keyword-only " if parameter.kind is inspect.Parameter.KEYWORD_ONLY else ""
        optional = "" if parameter.default is inspect.Parameter.empty else "=..."
        shown.append(f"{keyword}{star}{parameter.name}{optional}")
    return f"({', '.join(shown)})"


def described(name, thing):
    if not inspect.isclass(thing):
        return [f"{name}{signature(thing)}" if inspect.isfunction(thing) else name]
    lines = [f"class {name}({', '.join(base.__name__ for base in thing.__bases__)})"]
    if dataclasses.is_dataclass(thing):
        lines += [f"  {name}.{field.name}" for field in dataclasses.fields(thing)]
    for member, value in sorted(vars(thing).items()):
        function = value.__func__ if isinstance(value, classmethod) else value
        if not member.startswith("_") and inspect.isfunction(function):
            lines.append(f"  {name}.{member}{signature(function)}")
        elif isinstance(value, property):
            lines.append(f"  {name}.{member}")
    return lines


def public_api():
    lines = ["# alcore"]
    for name in sorted(alcore.__all__):
        lines += described(name, getattr(alcore, name))
    lines.append("# hooks")
    for hook in HOOKS.values():
        lines.append(f"{hook}{signature(getattr(hookspecs, hook))}")
    lines.append("# alcore.testing")
    for name in sorted(testing.__all__):
        lines += described(name, getattr(testing, name))
    return "\n".join(lines) + "\n"


def test_the_public_api_is_the_one_that_was_promised():
    assert public_api() == SNAPSHOT.read_text(encoding="utf-8"), f"run python {Path(__file__).name} if this is meant"


if __name__ == "__main__":
    SNAPSHOT.write_text(public_api(), encoding="utf-8")
