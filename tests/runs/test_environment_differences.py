"""What differs between two environments is named; a deterministic run does not go on elsewhere."""

import copy
from pathlib import Path

import pytest

from alcore import AlsegError
from alcore.runs.environment import check_goes_on_the_same, environment_differences

FIRST = {
    "python": "3.11.4",
    "platform": "Linux",
    "versions": {"torch": "2.13.0", "numpy": "2.4.0"},
    "components": {"strategy": {"name": "entropy", "distribution": "alseg-strategies", "version": "0.1"}},
    "hardware": {"device": "cpu", "gpu": "", "processor": "x86_64", "cores": 2, "torch_threads": 2, "memory_gib": 8},
}


def but(section, **values):
    changed = copy.deepcopy(FIRST)
    changed[section].update(values)
    return changed


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (FIRST, {}),
        (but("versions", numpy="2.5.0"), {"numpy": ("2.4.0", "2.5.0")}),
        (but("hardware", torch_threads=1, memory_gib=16), {"torch_threads": ("2", "1")}),
        (
            but("components", strategy={"name": "entropy", "distribution": "alseg-strategies", "version": "0.2"}),
            {"strategy": ("entropy (alseg-strategies 0.1)", "entropy (alseg-strategies 0.2)")},
        ),
    ],
)
def test_differences_are_named(now, expected):
    assert environment_differences(FIRST, now) == expected


@pytest.mark.parametrize(
    ("now", "named"),
    [
        (but("hardware", device="cuda", gpu="NVIDIA H100"), "began with device 'cpu'; 'cuda' would give"),
        (but("versions", torch="2.14.0"), "began with torch '2.13.0'; '2.14.0' would give"),
    ],
)
def test_a_deterministic_run_does_not_go_on_where_numbers_would_change(now, named):
    check_goes_on_the_same(FIRST, but("versions", numpy="2.5.0"), Path("run"))
    with pytest.raises(AlsegError, match=named) as caught:
        check_goes_on_the_same(FIRST, now, Path("run"))
    assert "deterministic = false" in caught.value.hint
