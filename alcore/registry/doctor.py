"""Examine what is installed: does every plugin load, every implementation import, every name belong to one?"""

from collections.abc import Iterator
from importlib import metadata

from alcore.errors import AlsegError
from alcore.registry.registry import Registry


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


def versions(names: tuple[str, ...]) -> dict[str, str]:
    """The installed version of each distribution; ``not installed`` where it is absent."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
