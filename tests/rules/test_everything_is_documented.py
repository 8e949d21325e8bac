"""Every hook and every public name says what it is."""

import inspect
from pathlib import Path

import pytest

import alcore
from alcore import testing
from alcore.specs import HOOKS, SPEC_TYPES

GUIDE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS.values())
def test_every_hook_is_in_the_guide_for_plugin_authors(hook):
    assert f"`{hook}`" in GUIDE


@pytest.mark.parametrize("spec", SPEC_TYPES.values(), ids=lambda spec: spec.__name__)
def test_every_spec_is_in_the_guide_for_plugin_authors(spec):
    assert f"`{spec.__name__}`" in GUIDE


@pytest.mark.parametrize("name", HOOKS.values())
def test_every_hook_has_one_sentence(name):
    from alcore import hookspecs

    text = inspect.getdoc(getattr(hookspecs, name))
    assert text.endswith(".")
    assert "\n" not in text


def documented(module):
    return [(module, name) for name in module.__all__ if not name.isupper() and name != "hookimpl"]


@pytest.mark.parametrize(("module", "name"), documented(alcore) + documented(testing))
def test_every_public_name_has_a_docstring(module, name):
    thing = getattr(module, name)
    text = inspect.getdoc(thing)
    assert text
    assert not text.startswith(f"{name}("), "a dataclass's generated text is no docstring"
