"""``alseg plugins doctor``."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from alseg.show.json_output import echo_json
from alseg.terminal import echo

if TYPE_CHECKING:
    from alcore.registry import PluginRecord

LIBRARIES = ("alseg", "torch", "numpy", "scipy", "scikit-learn", "h5py", "SimpleITK", "pydantic", "pluggy")
EXIT_UNSOUND = 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def doctor(as_json: bool) -> None:
    """Examine this installation: versions, devices, plugins that do not work. Text to paste into a bug report.

    Imports every component, which can take some seconds, and compares what alseg and the plugins need with what is
    installed. The exit status is 1 if something is wrong.
    """
    from alcore.registry import Registry
    from alcore.registry.doctor import absent_parts, complaints, unmet_requirements, versions

    registry = Registry.installed()
    machine, libraries, absent = dict(_machine()), versions(LIBRARIES), absent_parts()
    plugins = {record.found.plugin: _plugin(record) for record in registry.records}
    unmet = list(unmet_requirements(registry))
    wrong = [*complaints(registry), *map(str, unmet)]
    if as_json:
        facts = {"machine": machine, "versions": libraries, "plugins": plugins, "absent": absent}
        echo_json({**facts, "unmet": list(map(vars, unmet)), "wrong": wrong})
    else:
        told = {f"plugin {name}": f"{fact['origin']}, {fact['state']}" for name, fact in plugins.items()}
        for label, fact in (machine | libraries | told).items():
            echo(f"{label + ':':22}{fact}")
        for name, command in absent.items():
            echo(f"{'optional ' + name + ':':22}not installed; {command}")
        for complaint in wrong:
            echo(f"wrong: {complaint}")
    if wrong:
        sys.exit(EXIT_UNSOUND)
    if not as_json:
        echo("All plugins load, every implementation imports, no name is offered twice, no requirement is unmet.")


def _plugin(record: "PluginRecord") -> dict[str, str]:
    components = f"{len(record.specs)} components, " if record.state == "active" else ""
    return {
        "origin": record.found.origin,
        "state": f"{record.state} ({components}{record.seconds * 1000:.0f} ms)",
    }


def _machine() -> Iterator[tuple[str, str]]:
    import platform

    import psutil
    import torch

    yield "python", f"{platform.python_version()} ({sys.executable})"
    yield "system", platform.platform()
    yield "processor", f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.1f} GiB memory"
    yield "free memory", f"{psutil.virtual_memory().available / 2**30:.1f} GiB"
    names = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    yield "cuda devices", ", ".join(names) or "none"
    yield "mps device", "yes" if torch.backends.mps.is_available() else "none"
