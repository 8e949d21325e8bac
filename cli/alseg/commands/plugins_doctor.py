"""``alseg plugins doctor``."""

import sys
from collections.abc import Iterator

import click

LIBRARIES = ("alseg", "torch", "numpy", "scipy", "scikit-learn", "h5py", "SimpleITK", "pydantic", "pluggy")
EXIT_UNSOUND = 1


@click.command()
def doctor() -> None:
    """Examine this installation: versions, devices, plugins that do not work. Text to paste into a bug report.

    Imports every component, which can take some seconds. The exit status is 1 if something is wrong.
    """
    from alcore.registry import Registry
    from alcore.registry.doctor import complaints, versions

    for label, fact in _machine():
        click.echo(f"{label + ':':22}{fact}")
    for name, version in versions(LIBRARIES).items():
        click.echo(f"{name + ':':22}{version}")
    registry = Registry.installed()
    for record in registry.records:
        components = f"{len(record.specs)} components, " if record.state == "active" else ""
        state = f"{record.state} ({components}{record.seconds * 1000:.0f} ms)"
        click.echo(f"{'plugin ' + record.found.plugin + ':':22}{record.found.origin}, {state}")
    wrong = list(complaints(registry))
    for complaint in wrong:
        click.echo(f"wrong: {complaint}")
    if wrong:
        sys.exit(EXIT_UNSOUND)
    click.echo("All plugins load, every implementation imports, no name is offered twice.")


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
