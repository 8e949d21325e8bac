"""The types of the core and the command line are whole, as mypy in its strict mode understands that."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_mypy_finds_no_fault():
    found = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert found.returncode == 0, found.stdout + found.stderr
