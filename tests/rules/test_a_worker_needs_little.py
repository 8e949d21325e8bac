"""A machine that only computes rounds has nothing of what results need: a run goes there all the same."""

import os
import subprocess
import sys

import alcore
from alcore.registry import discover

ABSENT = (
    *("pandas", "statsmodels", "jinja2", "vl_convert", "scikit_posthocs", "pyarrow", "seaborn", "matplotlib"),
    *("SimpleITK", "itk", "alseg_results", "alseg_bench"),
)
NEEDED = ("datasets", "models", "strategies", "learners", "metrics", "annotators", "interpolators", "trackers", "alseg")

WORKER = """
import importlib, pkgutil, sys

class WithoutSome:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {absent!r} else self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)

sys.meta_path[:] = map(WithoutSome, sys.meta_path)
import alcore, alcore.api, alcore.testing
for name in alcore.__all__:
    getattr(alcore, name)
for module in pkgutil.iter_modules(alcore.api.__path__):
    importlib.import_module(f"alcore.api.{{module.name}}")

sys.argv = ["alseg", *{arguments!r}]
from alseg.main import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code

run = alcore.open_run({out!r})
store = run.environment["dataset"]["path"]
for needs in (run.curve, lambda: alcore.api.stores.write_store_page(store, alcore.api.stores.Path({out!r}))):
    try:
        needs()
    except alcore.AlsegError as error:
        print(error.message, "|", error.hint)
"""


def test_a_run_needs_nothing_that_results_need(tmp_path):
    out = str(tmp_path / "run")
    options = "--protocol demo --rounds 1 --epochs 1 --initial 2 --budget 2 --device cpu --dataset phantom "
    settings = "--strategy margin --set dataset.scans=6 --set model.features=2 --set model.levels=1"
    arguments = ["run", *(options + settings).split(), "--out", out]
    blocked = ",".join(sorted({found.plugin for found in discover()} - set(NEEDED)))
    result = subprocess.run(
        [sys.executable, "-c", WORKER.format(absent=set(ABSENT), arguments=arguments, out=out)],
        env={**os.environ, "ALSEG_DATA_DIR": str(tmp_path / "data"), "ALSEG_BLOCK_PLUGINS": blocked},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert f"run: {out}" in result.stdout
    last = result.stdout.splitlines()[-2:]
    assert last == [
        "tables in Python need pandas, which is not installed | pip install pandas",
        "pages about stores need jinja2, which is not installed | pip install jinja2",
    ]
    assert len(alcore.open_run(out).rounds) == 2
