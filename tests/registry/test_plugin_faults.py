"""A plugin's fault is the plugin's: whatever one does while it is found, imported or asked, the others work."""

import json
import subprocess
import sys

import pytest

from alcore import AlsegError, StrategySpec
from alcore.registry import Registry, discover, load_plugins
from alcore.testing.distributions import write_distribution

HOOK = "import alcore\n@alcore.hookimpl\n"


def spec(**fields):
    details = {"name": "'noon'", "summary": "'At noon.'", "target": "'nowhere:Noon'", **fields}
    return f"alcore.StrategySpec({', '.join(f'{key}={value}' for key, value in details.items())})"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise RuntimeError('a' * 10**7)", "RuntimeError: aaaa"),
        ("class V: pass\nALSEG_API = V()", "ALSEG_API is a V, not the number of a plugin API"),
        ("ALSEG_API = True", "ALSEG_API is a bool"),
        (HOOK + f"def register_strategies(): yield {spec(reference='object()')}", "reference must be one line"),
        (
            HOOK + f"def register_strategies(): yield {spec(summary=repr('a' + chr(27) + '[31m'))}",
            "summary must",
        ),
        (HOOK + f"def register_strategies(): yield {spec(summary=repr(chr(0x202E) + 'desrever'))}", "summary must"),
        (HOOK + f"def register_strategies(): yield {spec(aliases=repr('noon'))}", "must be a tuple of names"),
        (
            HOOK + "def register_metrics():\n yield alcore.MetricSpec(name='m', summary='M.', target='a:B', needs='x')",
            "the metric 'm' needs 'x', which is none of counts, volume, probabilities",
        ),
        (
            HOOK + "def register_models():\n yield alcore.ModelSpec(name='m', summary='M.', target='a:B', dims=(4,))",
            "the dims of 'm' must be a tuple of some of 2, 3, not (4,)",
        ),
        (
            HOOK
            + "def register_strategies():\n import itertools\n for n in itertools.count():\n"
            + "  yield alcore.StrategySpec(name=f'n{n}', summary='N.', target='a:B')",
            "register_strategies yields more than 10000 specs",
        ),
    ],
)
def test_a_plugin_that_misbehaves_is_broken_with_a_short_line_that_says_why(
    fake_plugins, strategy_source, source, told
):
    fake_plugins.install("bad-plugin", source)
    fake_plugins.install("good-plugin", strategy_source())
    broken = fake_plugins.record("bad-plugin")
    assert broken.state == "broken"
    assert told in broken.error
    assert len(broken.error) < 600
    assert fake_plugins.registry().get(StrategySpec, "nearest-to-noon").origin == "good-plugin 1.0"


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import time\ntime.sleep(60)",
        HOOK + "def register_strategies():\n while True: pass\n yield",
    ],
)
def test_a_plugin_that_hangs_is_broken_after_the_time_that_plugins_are_allowed(fake_plugins, monkeypatch, source):
    monkeypatch.setenv("ALSEG_PLUGIN_SECONDS", "0.2")
    fake_plugins.install("slow-plugin", source, version="3.0")
    record = fake_plugins.record("slow-plugin")
    assert record.state == "broken"
    assert "importing the plugin 'slow-plugin' of slow-plugin 3.0 takes more than 0.2 s" in record.error


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_for_plugins_that_is_none_is_refused(fake_plugins, monkeypatch, seconds):
    monkeypatch.setenv("ALSEG_PLUGIN_SECONDS", seconds)
    with pytest.raises(AlsegError, match="no positive number of seconds"):
        fake_plugins.records()


SOUND = "Metadata-Version: 2.1\nName: x\nVersion: 1\n"
BAD_METADATA = {
    "no name": ("Metadata-Version: 2.1\nVersion: 1\n", b"[alseg]\nx = x\n", "has no field 'Name'"),
    "no version": ("Metadata-Version: 2.1\nName: x\n", b"[alseg]\nx = x\n", "has no field 'Version'"),
    "not UTF-8": (b"Metadata-Version: 2.1\nName: \xff\nVersion: 1\n", b"[alseg]\nx = x\n", "cannot be read"),
    "entry points not UTF-8": (
        "Metadata-Version: 2.1\nName: x\nVersion: 1\n",
        b"[alseg]\n\xff = x\n",
        "cannot be read",
    ),
    "stranger not UTF-8": ("Metadata-Version: 2.1\nName: x\nVersion: 1\n", b"[gui]\n\xff = x\n", "cannot be read"),
}


@pytest.mark.parametrize(("described", "points", "told"), BAD_METADATA.values(), ids=BAD_METADATA)
def test_metadata_that_cannot_be_read_is_broken_by_its_path(fake_plugins, strategy_source, described, points, told):
    fake_plugins.install("good-plugin", strategy_source())
    info = fake_plugins.folder / "damaged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_bytes(described if isinstance(described, bytes) else described.encode())
    (info / "entry_points.txt").write_bytes(points)
    records = load_plugins(found for found in discover() if found.distribution in {"good-plugin", str(info)})
    (complaint,) = Registry(records).complaints()
    assert str(info) in complaint
    assert told in complaint
    assert [record.state for record in records if record.found.distribution == "good-plugin"] == ["active"]


def test_what_a_plugin_changes_for_everybody_on_import_is_set_back_and_told(fake_plugins):
    import torch

    changes = (
        "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\ntorch.inference_mode().__enter__()"
    )
    fake_plugins.install("meddler", f"import sys, torch\nsys.path.insert(0, 'elsewhere')\n{changes}")
    record = fake_plugins.record("meddler")
    assert record.state == "active"
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()
    assert "elsewhere" not in sys.path
    (complaint,) = Registry([record]).complaints()
    assert "meddler 1.0 changes the import path and torch's default dtype" in complaint


@pytest.mark.parametrize("end", ["os._exit(7)", "os.kill(os.getpid(), 9)"])
def test_a_plugin_that_ends_the_process_is_named_by_the_next_command(tmp_path, end):
    write_distribution(tmp_path / "site", "suicidal", f"import os\n{end}", version="2.0")
    code = (
        f"import sys, json; sys.path.insert(0, {str(tmp_path / 'site')!r})\nfrom alcore.registry import *\n"
        "found = [item for item in discover() if item.distribution == 'suicidal']\n"
        "print(json.dumps([[item.state, item.error] for item in load_plugins(found)]))"
    )

    def command():
        home = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path), "PATH": ""}
        return subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=home)

    assert command().returncode != 0
    for _ in range(2):
        assert json.loads(command().stdout) == [["broken", "importing 'suicidal' ends the process"]]
    (tmp_path / "site" / "suicidal.py").write_text("")
    assert json.loads(command().stdout) == [["active", ""]]
    assert list((tmp_path / "cache" / "alseg" / "importing").iterdir()) == []
