"""``alseg plugins check``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alcore.specs import SPEC_TYPES
from alseg.completing import names_of
from alseg.output import echo, secho
from alseg.show.json_output import echo_json

if TYPE_CHECKING:
    from alcore.registry import Component
    from alcore.testing import Finding

EXIT_FAILED = 1


@click.command()
@click.argument("name", required=False, shell_complete=names_of())
@click.option("--all", "all_of_them", is_flag=True, help="Check every installed component (of --kind, if given).")
@click.option("--kind", type=click.Choice(list(SPEC_TYPES)), help="Needed only where several kinds have that name.")
@click.option(
    "--source",
    type=click.Path(exists=True, path_type=Path),
    help="Folder to read, for a dataset that is converted from one.",
)
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=120, show_default=True, metavar="SECONDS",
    help="The longest that one check may take.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def check(
    name: str | None, all_of_them: bool, kind: str | None, source: Path | None, timeout: float, as_json: bool
) -> None:
    """Check that the component NAME, or with --all every one, keeps its contract.

    The exit status is 1 if a check fails, or with --all if a plugin is broken or a name offered twice. What cannot be
    exercised here (a dataset without its source, a launcher without its cluster) is said, and is no failure.
    """
    from alcore import Registry
    from alcore.api.plugins import check_components

    if all_of_them == (name is not None):
        raise click.UsageError("give the NAME of a component, or --all")
    if all_of_them and source is not None:
        raise click.UsageError("--source belongs to one dataset: give its NAME instead of --all")
    registry = Registry.installed()
    results: list[tuple[Component, Finding]] = []
    for component, findings in check_components(registry, name, kind=kind, source=source, seconds=timeout):
        if not as_json:
            echo(_label(component))
        for finding in findings:
            results.append((component, finding))
            if not as_json:
                _show(finding, brief=all_of_them)
    unsound = list(registry.complaints()) if all_of_them else []
    if as_json:
        echo_json([_described(component, finding) for component, finding in results])
    else:
        _summarise(results)
    for complaint in unsound:
        secho(f"wrong: {complaint}", fg="red", err=True)
    if unsound or any(finding.failed for _, finding in results):
        sys.exit(EXIT_FAILED)


def _label(component: "Component") -> str:
    return f"{component.spec.kind} {component.spec.name} ({component.origin})"


def _described(component: "Component", finding: "Finding") -> dict[str, object]:
    return {"kind": component.spec.kind, "name": component.spec.name, **vars(finding)}


def _show(finding: "Finding", *, brief: bool) -> None:
    if finding.not_exercised:
        echo(f"  not exercised  {finding.check}: {finding.not_exercised}")
    elif finding.failed:
        secho(f"  FAILED  {finding.check}", fg="red")
        echo(f"          expected: {finding.expected}")
        echo(f"          found:    {finding.found}")
        echo(f"          fix:      {finding.fix}")
    elif not brief:
        echo(f"  ok      {finding.check}")


def _summarise(results: "list[tuple[Component, Finding]]") -> None:
    failed = [component for component, finding in results if finding.failed]
    idle = [component for component, finding in results if finding.not_exercised]
    passed = sum(finding.passed for _, finding in results)
    checks = "check" if passed == 1 else "checks"
    echo(f"{passed} {checks} passed, {len(failed)} failed" + (f", {len(idle)} not exercised" if idle else ""))
    checked = list(dict.fromkeys(map(_label, (component for component, _ in results))))
    if len(checked) > 1:
        faulty, unknown = (list(dict.fromkeys(map(_label, some))) for some in (failed, idle))
        echo(f"{len(checked)} components, {len(faulty)} with failed checks")
        for told, labels in (("failed", faulty), ("not exercised", unknown)):
            if labels:
                echo(f"{told}: {', '.join(labels)}")
