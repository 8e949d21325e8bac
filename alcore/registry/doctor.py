"""Examine what is installed: does every plugin load, every implementation import, every name belong to one?"""

import re
from collections.abc import Iterator
from importlib import metadata

from alcore.errors import AlsegError
from alcore.registry.registry import Registry

NOT_INSTALLED = "not installed"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")


def complaints(registry: Registry) -> Iterator[str]:
    """Import every implementation and say, one line each, what is wrong; nothing where all is sound."""
    for record in registry.records:
        if record.state == "broken":
            yield f"the plugin {record.found.plugin!r} of {record.found.origin} is broken: {record.error}"
    for (kind, name), offered in registry.clashes().items():
        yield f"the {kind} {name!r} is offered by {' and '.join(component.origin for component in offered)}"
    for component in registry.components():
        try:
            component.spec.load()
        except AlsegError as error:
            yield f"{error.message} (from {component.origin})"
        except Exception as error:  # a stranger's module may raise anything at all
            yield (
                f"the {component.spec.kind} {component.spec.name!r} of {component.origin} raises on import: "
                f"{type(error).__name__}: {error}"
            )


def unmet_requirements(registry: Registry) -> Iterator[str]:
    """Say, one line each, which library a plugin's distribution declares that is not installed.

    Requirements for some systems or extras only are passed over.
    """
    for distribution in sorted({record.found.distribution for record in registry.records}):
        try:
            requires = metadata.requires(distribution) or []
        except metadata.PackageNotFoundError:
            continue
        for requirement in requires:
            name = _NAME.match(requirement)
            if ";" not in requirement and name and versions((name[0],))[name[0]] == NOT_INSTALLED:
                yield f"{distribution} needs {requirement!r}, which is not installed"


def absent_parts() -> dict[str, str]:
    """Optional distributions of alseg that are not installed, each with the command that installs it."""
    absent: dict[str, str] = {}
    for requirement in metadata.requires("alseg") or ():
        name, extra = _NAME.match(requirement), _EXTRA.search(requirement)
        if name and extra and versions((name[0],))[name[0]] == NOT_INSTALLED:
            # A part that has an extra of its own is named by it, the others by their distribution.
            own = name[0] == f"alseg-{extra[1]}"
            if own or name[0] not in absent:
                absent[name[0]] = f"pip install 'alseg[{extra[1]}]'" if own else f"pip install {name[0]}"
    return dict(sorted(absent.items()))


def versions(names: tuple[str, ...]) -> dict[str, str]:
    """The installed version of each distribution; :data:`NOT_INSTALLED` where it is absent."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = NOT_INSTALLED
    return found
