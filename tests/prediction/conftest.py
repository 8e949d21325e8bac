from pathlib import Path

import numpy as np
import pytest
import SimpleITK
import torch

from alcore import DatasetSpec
from alcore.conversion.convert import Conversion, convert
from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.layers import layered
from alcore.runs.run import start

DESCRIPTION = """
images = "images/{id}.nii.gz"
labels = "labels/{id}.nii.gz"
slice_axis = "y"
channels = ["image"]

[classes]
background = 0
organ = 3
lesion = 9

[split]
validation = ["a"]
"""


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def scan_folder(tmp_path_factory):
    """Three scans with bright organs, in an oblique geometry, and label values that are no class numbers."""
    root = tmp_path_factory.mktemp("scans")
    (root / "images").mkdir()
    (root / "labels").mkdir()
    (root / "alseg.toml").write_text(DESCRIPTION)
    rng = np.random.default_rng(0)
    for name in "abc":
        label = np.zeros((10, 9, 12), np.uint8)
        label[2:7, 2:7, 2:6], label[4:8, 3:8, 7:10] = 3, 9
        image = SimpleITK.GetImageFromArray((label * 30 + rng.normal(0, 5, label.shape)).astype(np.float32))
        labels = SimpleITK.GetImageFromArray(label)
        for item in (image, labels):
            item.SetSpacing((1.0, 2.0, 1.5))
            item.SetOrigin((5.0, -3.0, 20.0))
            item.SetDirection((0.8, -0.6, 0.0, 0.6, 0.8, 0.0, 0.0, 0.0, 1.0))
        SimpleITK.WriteImage(image, str(root / "images" / f"{name}.nii.gz"))
        SimpleITK.WriteImage(labels, str(root / "labels" / f"{name}.nii.gz"))
    return root


class Runs:
    """Runs of a tiny network on the folder of scans, each made once; tests must not change them."""

    def __init__(self, scans, root):
        self.scans, self.root, self.registry = scans, root, Registry.installed()

    def __call__(self, *, dim=0, **options):
        """The directory of a run with these options of labels: active learning, or full-data training in ``dim``."""
        parts = [str(dim), *(f"{name}-{value}" for name, value in options.items())]
        path = self.root / "_".join(parts).replace(" ", "")
        if not path.exists():
            store = self._store(path.with_suffix(".h5"), options)
            values = self._values(store) | ({"full_data": True} if dim else {"loop": {"rounds": 0, "initial": 4}})
            if dim == 3:
                values["learner"] |= {"name": "volumes", "patch_size": [8, 8, 8]}
            start(resolve(values, self.registry), self.registry, path)
        return path

    def _store(self, path, options):
        dataset = self.registry.get(DatasetSpec, "folder")
        convert(dataset, dataset.parse_options(options), self.scans, path, Conversion(jobs=1, name="mine"))
        return path

    def _values(self, store):
        network = {"name": "unet", "features": 2, "levels": 1}
        given = {"dataset": {"name": str(store)}, "model": network, "trackers": {}, "device": "cpu"}
        loss = {"loss": {"name": "focal"}, "learner": {"epochs": 3, "batch_size": 4, "learning_rate": 0.01}}
        values = layered({**given, **loss}, protocol="demo")
        return {key: value for key, value in values.items() if key != "loop"}


@pytest.fixture(scope="session")
def run_of(scan_folder, tmp_path_factory):
    """Make a run, in 2D or 3D, on the folder of scans with given options of labels."""
    return Runs(scan_folder, tmp_path_factory.mktemp("runs"))


@pytest.fixture
def image_of(scan_folder):
    """The image file of a scan."""
    return lambda name: Path(scan_folder / "images" / f"{name}.nii.gz")


@pytest.fixture
def label_of(scan_folder):
    """The label map of a scan."""
    return lambda name: Path(scan_folder / "labels" / f"{name}.nii.gz")
