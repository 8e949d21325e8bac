"""A folder with all that whole commands need: a tiny dataset, a store of it, a run on that, and configurations."""

import hashlib
import json
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from forked import import_what
from slow_server import serve

CONVERT = ("convert", "hippocampus", "--source")
ON_STORE = ("--dataset", "../store.h5")
_CONFIG = """
protocol = "demo"
deterministic = true
device = "cpu"
[learner]
epochs = 2
batch_size = 4
min_steps = 1
validation_interval = 1
[model]
name = "unet"
features = 2
levels = 1
"""
_LOOP = """
[loop]
rounds = 2
budget = 2
initial = 3
"""
_RUN = f"{_CONFIG}{_LOOP}[trackers]\ncsv = {{}}\ntensorboard = {{}}\n"
_TRAINING = f"trackers = {{}}\ncheckpoint_interval = 0\n{_CONFIG}".replace("epochs = 2", "epochs = 4")
_GRID = f'strategies = ["random", "entropy"]\nseeds = [0]\ntrackers = {{}}\n{_CONFIG}{_LOOP}[launcher]\njobs = 2\n'


@dataclass(frozen=True)
class Workshop:
    """A folder with a tiny dataset, its store, a run on it and configurations; ``work`` is where commands run."""

    folder: Path

    @property
    def work(self) -> Path:
        """The folder in which commands run."""
        return self.folder / "work"

    def empty(self) -> Path:
        """``work``, with nothing in it."""
        self.work.mkdir(exist_ok=True)
        for path in self.work.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        return self.work


def workshop(folder: Path) -> Workshop:
    """Make the dataset (in Decathlon's layout: five scans of six slices), a store of it, and a run on that, once."""
    place = Workshop(folder.resolve())
    if (place.folder / "run").exists():
        return place
    _write_task(place.folder / "task", seed=0)
    shutil.copytree(place.folder / "task", place.folder / "changed")
    _write_scan(place.folder / "changed", "scan_3", np.random.default_rng(99))
    with tarfile.open(place.folder / "Task04_Hippocampus.tar", "w") as archive:
        archive.add(place.folder / "task", "Task04_Hippocampus")
    content = (place.folder / "Task04_Hippocampus.tar").read_bytes()
    url = serve(content)
    md5 = hashlib.md5(content).hexdigest()
    (place.folder / "archives.toml").write_text(f'[hippocampus]\nurls = ["{url}"]\nmd5 = "{md5}"\n')
    for name, text in (("run", _RUN), ("train", _TRAINING), ("grid", _GRID)):
        (place.folder / f"{name}.toml").write_text(text)
    for command in (
        ["data", *CONVERT, "../task", "--out", "../store.h5"],
        ["run", *ON_STORE, "--config", "../run.toml", "--out", "../run"],
    ):
        import_what(command, place.empty())
    return place


def _write_task(folder: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"scan_{number}" for number in range(5)]
    for name in names:
        _write_scan(folder, name, rng)
    described = {
        "name": "Hippocampus",
        "licence": "none",
        "modality": {"0": "MRI"},
        "labels": {"0": "background", "1": "Anterior", "2": "Posterior"},
        "training": [{"image": f"./imagesTr/{n}.nii.gz", "label": f"./labelsTr/{n}.nii.gz"} for n in names],
    }
    (folder / "dataset.json").write_text(json.dumps(described))


def _write_scan(folder: Path, name: str, rng: np.random.Generator) -> None:
    label = np.zeros((16, 16, 6), np.uint8)
    label[3:9, 3:9], label[8:14, 8:14] = 1, 2
    image = (label * 40 + rng.normal(0, 10, label.shape)).astype(np.int16)
    for part, array in (("imagesTr", image), ("labelsTr", label)):
        (folder / part).mkdir(parents=True, exist_ok=True)
        nibabel.save(nibabel.Nifti1Image(array, np.eye(4)), folder / part / f"{name}.nii.gz")
