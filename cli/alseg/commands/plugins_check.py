"""``alseg plugins check``."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alcore.specs import SPEC_TYPES
from alseg.completing import names_of

if TYPE_CHECKING:
    from alcore.testing import Finding

EXIT_FAILED = 1


@click.command()
@click.argument("name", shell_complete=names_of())
@click.option("--kind", type=click.Choice(list(SPEC_TYPES)), help="Needed only where several kinds have that name.")
@click.option(
    "--source", type=click.Path(path_type=Path), help="Folder to read, for a dataset that is converted from one."
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def check(name: str, kind: str | None, source: Path | None, as_json: bool) -> None:
    """Check that the component NAME keeps its contract; the exit status is 1 if it does not."""
    from alcore.registry import Registry
    from alcore.testing.component import component_findings

    results: list[dict[str, object]] = []
    failed = 0
    for component in Registry.installed().named(name, kind):
        if not as_json:
            click.echo(f"{component.spec.kind} {component.spec.name} ({component.origin})")
        for finding in component_findings(component, source=source):
            failed += not finding.passed
            results.append({"kind": component.spec.kind, "name": component.spec.name, **vars(finding)})
            if not as_json:
                _show(finding)
    if as_json:
        click.echo(json.dumps(results, indent=2))
    else:
        click.echo(f"{len(results) - failed} checks passed, {failed} failed")
    if failed:
        sys.exit(EXIT_FAILED)


def _show(finding: "Finding") -> None:
    if finding.passed:
        click.echo(f"  ok      {finding.check}")
        return
    click.secho(f"  FAILED  {finding.check}", fg="red")
    click.echo(f"          expected: {finding.expected}")
    click.echo(f"          found:    {finding.found}")
    click.echo(f"          fix:      {finding.fix}")
