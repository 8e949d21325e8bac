"""Every component that a distribution of this repository offers is checked by a test beside that distribution."""

import ast
from pathlib import Path

from alcore import ComponentSpec, Registry
from alcore.specs import HOOKS, SPEC_TYPES

PLUGINS = Path(__file__).parents[2] / "plugins"


def offered():
    """Distributions of this repository with the kinds that they offer."""
    components = Registry.installed().components(ComponentSpec)
    found = {(component.found.distribution, component.spec.kind) for component in components}
    return sorted(pair for pair in found if (PLUGINS / pair[0]).is_dir())


def written_tests(distribution):
    """The text of each test, with its decorators."""
    for path in (PLUGINS / distribution / "tests").glob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                first = min([node, *node.decorator_list], key=lambda part: part.lineno).lineno
                yield "\n".join(text.splitlines()[first - 1 : node.end_lineno])


def checks_all_of(kind, test):
    """Whether a test checks what the hook yields one by one, or the only one: a second would not unpack."""
    hook = f"{HOOKS[kind]}()"
    return f"check_{kind}(spec" in test and (f'parametrize("spec", list({hook})' in test or f"(spec,) = {hook}" in test)


def test_every_built_in_component_has_a_conformance_test_beside_its_plugin():
    assert {kind for _, kind in offered()} == set(SPEC_TYPES)
    unchecked = [
        f"{distribution}: no test of all that {HOOKS[kind]} yields by alcore.testing.check_{kind}"
        for distribution, kind in offered()
        if not any(checks_all_of(kind, test) for test in written_tests(distribution))
    ]
    assert not unchecked
