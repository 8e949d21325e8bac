"""The names that follow from the name of a new plugin."""

import keyword
import re
from dataclasses import dataclass

from alcore import AlsegError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RESERVED = frozenset({"none", "plugin", "tests"})


@dataclass(frozen=True)
class PluginNames:
    """Names of a distribution with one component.

    Args:
        component: what users type, such as ``my-strategy``.
    """

    component: str

    @classmethod
    def parse(cls, name: str) -> "PluginNames":
        """The names that follow from ``name``, with or without the prefix ``alseg-``.

        Raises:
            AlsegError: it is no name of a component, or would make a module that Python cannot import.
        """
        component = name.removeprefix("alseg-")
        if not _NAME.fullmatch(component):
            raise AlsegError(
                f"{name!r} is no name for a plugin",
                hint="use lower-case words of letters and digits, joined by hyphens: my-strategy",
            )
        names = cls(component)
        if component in _RESERVED or keyword.iskeyword(names.module) or keyword.iskeyword(names.class_name):
            raise AlsegError(f"the name {name!r} is reserved", hint="choose another, such as my-strategy")
        return names

    @property
    def distribution(self) -> str:
        """What is installed."""
        return f"alseg-{self.component}"

    @property
    def package(self) -> str:
        """The import package."""
        return self.distribution.replace("-", "_")

    @property
    def module(self) -> str:
        """The module of the implementation, inside the package."""
        return self.component.replace("-", "_")

    @property
    def class_name(self) -> str:
        """The class of the implementation."""
        return "".join(word.capitalize() for word in self.component.split("-"))
