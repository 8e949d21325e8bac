"""Render the templates of a distribution: whole, or not at all."""

from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from alcore import API_VERSION, AlsegError
from alcore.errors import library_needed
from alcore.files import disk_errors, make_folder, renamed_to, write_text
from alcore.specs import HOOKS, SPEC_TYPES
from alseg.scaffold.names import PluginNames

TEMPLATES = Path(__file__).parent / "templates"


def write_plugin(names: PluginNames, kind: str, parent: Path, author: str) -> Path:
    """Write a complete distribution with one component and return its folder.

    Args:
        names: the names of the distribution and its component.
        kind: the component's kind, such as ``strategy``.
        parent: the folder in which the distribution's own folder is made.
        author: who holds the copyright.

    Raises:
        AlsegError: the folder exists, or nothing can be written there.
    """
    folder = parent / names.distribution
    if folder.exists():
        raise AlsegError(f"{folder} exists already", hint="choose another name, or another folder with --into")
    make_folder(parent)
    with disk_errors(folder), renamed_to(folder) as draft:
        _render(draft, names, kind, author)
    return folder


def _render(draft: Path, names: PluginNames, kind: str, author: str) -> None:
    with library_needed("new distributions"):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Nothing is escaped: these are programs and plain text, no web pages.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
    )
    values = {
        "names": names,
        "kind": kind,
        "hook": HOOKS[kind],
        "spec": SPEC_TYPES[kind].__name__,
        "api_version": API_VERSION,
        "alseg_bounds": _bounds(metadata.version("alseg")),
        "author": author,
        "year": datetime.now(UTC).year,
    }
    targets = {path: _target(path, names) for path in sorted((TEMPLATES / "distribution").rglob("*.j2"))}
    inner = TEMPLATES / "kinds" / kind
    targets[inner / "plugin.py.j2"] = f"{names.package}/plugin.py"
    targets[inner / "implementation.py.j2"] = f"{names.package}/{names.module}.py"
    targets[inner / "test.py.j2"] = f"tests/test_{names.module}.py"
    for template, target in targets.items():
        path = draft / target
        make_folder(path.parent)
        text = environment.get_template(template.relative_to(TEMPLATES).as_posix()).render(values)
        write_text(path, text)


def _target(template: Path, names: PluginNames) -> str:
    parts = template.relative_to(TEMPLATES / "distribution").with_suffix("").parts
    return "/".join(names.package if part == "package" else part for part in parts)


def _bounds(version: str) -> str:
    """From this minor release to the next, which may change the API."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return f">={major}.{minor},<{major}.{minor + 1}"
