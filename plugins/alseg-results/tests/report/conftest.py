import csv
import json
import shutil

import pytest
import tomli_w

from alcore import Registry
from alcore.runs.directory import FORMAT, SCORE_FIELDS, SELECTION_FIELDS

POOL = {"scans": 10, "slices": 200, "pixels": 20_000, "foreground": 4000, "foreground_slices": 100}
PHASES = {"query": 0.5, "annotate": 0.1, "train": 8.0, "validate": 1.0, "evaluate": 0.4}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def selection(round_number, order, kind, scan, position, foreground):
    values = dict.fromkeys(SELECTION_FIELDS, "")
    return values | {
        **{"round": round_number, "order": order, "kind": kind, "slice": scan * 20 + position},
        **{"scan": f"scan-{scan}", "position": position, "scan_slices": 20, "height": 10, "width": 10},
        "foreground": foreground,
    }


class RunWriter:
    """Writes run directories of known numbers: 8 slices at first, 4 a round, from scans of 20 slices."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(
        self, dice, strategy="random", *, seed=0, dataset="hippocampus", metrics=("dice",), blocks=False, **facts
    ):
        """Write a run whose mean validation Dice is ``dice``, round by round; ``facts`` go into ``dataset``."""
        path = self.folder / f"{dataset}-{strategy}-seed{seed}".replace(":", "-")
        path.mkdir(parents=True)
        config = {
            **{"seed": seed, "dataset": {"name": dataset}, "loop": {"rounds": len(dice) - 1, "budget": 4}},
            **{"strategy": {"name": strategy}, "model": {"name": "unet"}, "loss": {"name": "focal"}},
        }
        about = {"name": dataset, "synthetic": False, "fingerprint": f"of {dataset}", "pool": POOL, "path": "gone.h5"}
        hardware = {"device": "cpu", "gpu": "", "processor": "x86_64", "cores": 2, "torch_threads": 1}
        place = {"python": "3.11.0", "platform": "Linux", "versions": {"alseg": "0.1.0"}, "components": {}}
        environment = {
            **{"format": FORMAT, "time": "2026-01-01T10:00:00+00:00"},
            **{**place, "dataset": about | facts, "hardware": hardware | {"memory_gib": 8.0}},
        }
        lines = [self.record(number, value, metrics, blocks) for number, value in enumerate(dice)]
        (path / "config.toml").write_text(tomli_w.dumps(config), encoding="utf-8")
        (path / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
        (path / "rounds.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        (path / "scores").mkdir()
        for number, line in enumerate(lines):
            with (path / "scores" / f"round-{number:04d}.csv").open("w", newline="", encoding="utf-8") as file:
                scores = csv.writer(file)
                scores.writerow(SCORE_FIELDS)
                for metric, score in line["scores"]["validation"].items():
                    for name, value in score["per_class"].items():
                        for scan, off in (("a", -0.02), ("b", 0.0), ("c", 0.02)):
                            scores.writerow(("validation", scan, metric, name, None if value is None else value + off))
        with (path / "selections.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, SELECTION_FIELDS)
            writer.writeheader()
            for number in range(len(dice)):
                kind = "query" if number else "initial"
                writer.writerows(selection(number, k, kind, k, 2 * number, 10 * number) for k in range(4))
        return path

    def record(self, number, value, metrics, blocks):
        classes = {"left": value and value - 0.1, "right": value and value + 0.1}
        labelled = 8 + 4 * number
        return {
            **{"round": number, "queried": 4, "labelled": labelled, "pseudo_labelled": 6 * number if blocks else 0},
            **{"scans_labelled": 5, "pool": 200, "foreground_voxels": 20 * labelled, "boundary_voxels": 8 * labelled},
            **{"blocks": 2 if blocks and number else 0, "blocks_not_interpolated": 1 if blocks and number else 0},
            "scores": {"validation": {metric: {"mean": value, "per_class": classes} for metric in metrics}},
            **{"kept_epoch": 1, "steps": 4, "losses": [0.5], "validation_dice": [None], "learning_rates": [0.001]},
            "seconds": PHASES,
        }


@pytest.fixture
def write_run(tmp_path):
    """Write run directories into ``tmp_path / "runs"``."""
    return RunWriter(tmp_path / "runs")


def write_benchmark(folder):
    """Three strategies, two datasets of which one is synthetic, three seeds, a full-data run, a failed job."""
    write = RunWriter(folder / "runs")
    for place, strategy in enumerate(("entropy", "random", "strided:block_size=5")):
        for seed in range(3):
            start = 0.3 + 0.01 * seed
            curve = [start, *(start + 0.1 * k + 0.02 * place + 0.003 * seed * place for k in range(1, 6))]
            metrics = ("dice", "sensitivity")
            write(curve, strategy, seed=seed, metrics=metrics, blocks=place == 2)
            write(curve, strategy, seed=seed, metrics=metrics, blocks=place == 2, dataset="phantom", synthetic=True)
    full = write([0.9], "full", metrics=("dice", "sensitivity"))
    text = (full / "config.toml").read_text(encoding="utf-8")
    (full / "config.toml").write_text("full_data = true\n" + text, encoding="utf-8")
    failed = folder / "runs" / "margin-seed0"
    failed.mkdir()
    (failed / "config.toml").write_text("", encoding="utf-8")
    (failed / "failed.json").write_text(json.dumps({"error": "the disk is full"}), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def benchmark_folder(tmp_path_factory):
    return write_benchmark(tmp_path_factory.mktemp("benchmark"))


@pytest.fixture(scope="session")
def page_file(benchmark_folder, tmp_path_factory):
    """The report on that benchmark."""
    from alseg_results.report.report import write_report

    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(benchmark_folder, path, Registry.installed())
    return path


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium; where there is none, what needs it is skipped."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the PATH: apt-get install chromium (see CONTRIBUTING.md)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, page_file):
    """Open the report without a network and wait until its charts are drawn; fails on anything it complains about."""
    contexts, complaints, requests = [], [], []

    def open_it(*, path=page_file, width=1280, height=900, **settings):
        settings = {"color_scheme": "light", "reduced_motion": "reduce", **settings}
        context = chromium.new_context(viewport={"width": width, "height": height}, offline=True, **settings)
        context.set_default_timeout(120_000)  # a machine may be busy: a timing decides no test
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-drawn]", state="attached")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
