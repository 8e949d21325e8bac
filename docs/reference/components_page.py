"""Fills pages with the components of the plugins in this repository, and with options of the core."""

import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alseg.installed import InstalledCommands

from alcore import CommandSpec, ComponentSpec
from alcore.registry import Component, Found, Registry, describe_options, load_plugins
from alcore.specs import Options

ROOT = Path(__file__).parents[2]
MARK = "<!-- components -->"
OPTIONS = re.compile(r"<!-- options (\S+) (\S+):(\S+) -->")


def on_config(config: Any) -> Any:
    """Called by mkdocs before it reads a page: the command line is documented with all commands of this repository."""
    registry = Registry(load_plugins(_plugins()))
    InstalledCommands.registry = lambda group, ctx: registry  # type: ignore[method-assign]
    return config


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by mkdocs for every page: puts components and tables of options where a page asks for them."""
    markdown = OPTIONS.sub(lambda mark: "\n".join(_table(mark[1], _class(mark[2], mark[3]))), markdown)
    return markdown.replace(MARK, "\n".join(_lines())) if MARK in markdown else markdown


def _class(module: str, name: str) -> type[Options]:
    found: type[Options] = getattr(importlib.import_module(module), name)
    return found


def _lines() -> Iterator[str]:
    registry = Registry(load_plugins(_plugins()))
    for record in registry.records:
        if record.state != "active":
            raise RuntimeError(f"{record.found.module}: {record.error}")
    kind = ""
    for component in registry.components(ComponentSpec):
        if isinstance(component.spec, CommandSpec):
            continue  # the page of the command line has them
        if component.spec.kind != kind:
            kind = component.spec.kind
            yield f"## {kind.capitalize()}\n"
        yield from _section(component)


def _plugins() -> Iterator[Found]:
    """The plugins of this repository, from their metadata; they need not be installed."""
    for path in (ROOT / "pyproject.toml", *sorted(ROOT.glob("plugins/*/pyproject.toml"))):
        sys.path.append(str(path.parent))
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        for name, module in project["entry-points"]["alseg"].items():
            yield Found(name, module, project["name"], project["version"])


def _section(component: Component) -> Iterator[str]:
    spec = component.spec
    yield f"### {spec.name} {{ #{spec.kind}-{spec.name} }}\n"
    yield f"{spec.summary}\n"
    facts = [f"From `{component.found.distribution}`."]
    if spec.aliases:
        facts.append(f"Also called {', '.join(f'`{alias}`' for alias in spec.aliases)}.")
    if spec.reference:
        facts.append(f"Source: {spec.reference}.")
    yield " ".join(facts) + "\n"
    yield from _table(component.section, spec.options)


def _table(section: str, options_class: type[Options]) -> Iterator[str]:
    """The options of one section of a configuration, each as ``--set`` writes it."""
    options = describe_options(options_class)
    if options:
        yield "| option | type | default | meaning |"
        yield "|---|---|---|---|"
    for option in options:
        cells = (
            f"`{f'{section}.{option.name}'.lstrip('.')}`",
            ", ".join(filter(None, (option.type, option.bounds))),
            "required" if option.required else option.default,
            option.description,
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
