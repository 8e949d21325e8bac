"""All checks of one installed component: what its plugin module costs, its options, its kind's contract."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from alcore.guards.time_limit import interrupted_after
from alcore.registry import Component, describe_options
from alcore.specs import DatasetSpec
from alcore.testing.findings import Finding
from alcore.testing.probe import probe

HEAVY = frozenset({"torch", "numpy", "scipy", "sklearn", "skimage", "itk", "SimpleITK", "pandas", "h5py", "matplotlib"})
"""Packages that a plugin module must not import, since it is imported for every listing."""

_STILL_BUSY = "still busy after"
_HANGS = f"TimeoutError: {_STILL_BUSY}"


def component_findings(component: Component, *, source: Path | None = None, seconds: float = 120) -> Iterator[Finding]:
    """Yield the outcome of every check of an installed component.

    Args:
        component: the component, as the registry gives it.
        source: the folder to read, for a dataset that needs one.
        seconds: the longest that one check may take (where the system has interval timers); a longer one is
            the last.
    """
    spec = component.spec
    yield probe(
        "the plugin module is light",
        lambda: _heavy_imports(component.found.module),
        expected="that listing it imports none of " + ", ".join(sorted(HEAVY)),
        fix="name the implementation by target='package.module:Class' and import nothing else in plugin.py",
    )
    yield probe(
        "every option has a description",
        lambda: ", ".join(option.name for option in describe_options(spec.options) if not option.description),
        expected="Field(..., description='...') for each option",
        fix="describe these options in one sentence each",
    )
    imported = probe(
        "the implementation can be imported",
        lambda: "" if spec.load() else "nothing",
        expected=f"a class at {spec.target}",
        fix="correct the target, or install what its module needs",
    )
    yield imported
    if not imported.passed:
        return
    if isinstance(spec, DatasetSpec) and spec.needs_source and source is None:
        unread = "it is converted from a source folder, and none was given (--source)"
        yield Finding("its scans can be listed and read", False, "a source folder", not_exercised=unread)
        return
    for finding in _limited(_contract_findings(component, source), seconds):
        yield finding
        if finding.found.startswith(_HANGS):  # the next check would most likely take as long
            return


def _contract_findings(component: Component, source: Path | None) -> Iterator[Finding]:
    kind = component.spec.kind
    findings = getattr(importlib.import_module(f"alcore.testing.{kind}"), f"{kind}_findings")
    arguments = {"source": source} if kind == "dataset" else {}
    checks: Iterator[Finding] = findings(component.spec, **arguments)
    return checks


@cache
def _heavy_imports(module: str) -> str:
    code = f"import {module}, json, sys; print('@' + json.dumps(sorted({{n.partition('.')[0] for n in sys.modules}})))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    if result.returncode:
        return f"it cannot be imported alone: {result.stderr.strip().splitlines()[-1]}"
    imported = json.loads(result.stdout.rpartition("@")[2])
    return ", ".join(sorted(HEAVY.intersection(imported)))


def _limited(findings: Iterator[Finding], seconds: float) -> Iterator[Finding]:
    """The findings, each made within ``seconds``."""
    while True:
        try:
            with interrupted_after(seconds, f"{_STILL_BUSY} {seconds:g} s"):
                finding = next(findings)
        except StopIteration:
            return
        except TimeoutError as error:  # between two checks: what prepares them takes too long
            found, fix = f"{type(error).__name__}: {error}", "give it more time, or look for what it waits for"
            yield Finding("the checks can be prepared", False, "that it takes no longer than a check may", found, fix)
            return
        yield finding
