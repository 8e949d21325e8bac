"""Listings and help import nothing heavy."""

import json
import subprocess
import sys

from alcore.registry import discover

HEAVY = {"torch", "scipy", "sklearn", "itk", "SimpleITK", "skimage", "pandas", "tensorboard", "h5py", "matplotlib"}
BUILT_IN = [found for found in discover() if found.module.startswith("alseg_") and found.module.endswith(".plugin")]


def top_level_modules_after(code):
    """The top-level modules that a fresh interpreter has imported after ``code``."""
    ending = "\nimport json, sys\nprint('@' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    result = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, encoding="utf-8", check=True)
    return set(json.loads(result.stdout.rpartition("@")[2]))


def test_the_plugin_modules_are_light():
    imports = "".join(f"import {found.module}\n" for found in BUILT_IN)
    heavy = {*HEAVY, "numpy"}
    assert not top_level_modules_after(imports) & heavy, [
        found.plugin for found in BUILT_IN if top_level_modules_after(f"import {found.module}") & heavy
    ]


def test_the_public_names_of_the_core_cost_no_heavy_import():
    assert top_level_modules_after("import alcore, alcore.registry") & {*HEAVY, "numpy"} == set()


def test_help_asks_every_plugin_for_its_commands_and_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['alseg', '--help']\nfrom alseg.main import main\ntry: main()\nexcept SystemExit: pass"
    )
    modules = top_level_modules_after(code)
    assert modules & {*HEAVY, "numpy", "rich"} == set()
    assert {found.module.partition(".")[0] for found in BUILT_IN} <= modules


def test_listing_plugins_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['alseg', 'plugins', 'list']\nfrom alseg.main import main\n"
        "try: main()\nexcept SystemExit: pass"
    )
    modules = top_level_modules_after(code)
    assert modules & HEAVY == set()
    assert {found.module.partition(".")[0] for found in BUILT_IN} <= modules
