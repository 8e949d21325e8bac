"""Every dataset of this package keeps its contract, on a small source in the form that it reads."""

import numpy as np
import pytest
import SimpleITK as sitk
from alseg_datasets.plugin import register_datasets
from alseg_datasets.tasks import TASKS

from alcore.testing import check_dataset

DESCRIPTION = """\
images = "imagesTr/{id}.nii.gz"
labels = "labelsTr/{id}.nii.gz"
[classes]
background = 0
organ = 1
"""


@pytest.fixture
def source_of(decathlon_folder, tmp_path):
    """Write a small source for a dataset; None for one that makes its scans."""

    def make(spec):
        if not spec.needs_source:
            return None
        if spec.name == "bcss":
            write_histology(tmp_path)
            return tmp_path
        if spec.name == "folder":
            folder = decathlon_folder()
            (folder.root / "alseg.toml").write_text(DESCRIPTION)
            return folder.root
        (task,) = (task for task in TASKS if task.name == spec.name)
        labels = [f"class {number}" for number in range(task.n_classes)]
        return decathlon_folder(task.folder, n_channels=task.n_channels, labels=labels).root

    return make


def write_histology(root):
    """Ten images of two institutes with their masks, as BCSS has them."""
    rng = np.random.default_rng(0)
    for folder, largest, colours in (("rgbs_colorNormalized", 256, (3,)), ("masks", 22, ())):
        (root / folder).mkdir()
        for number in range(10):
            pixels = rng.integers(0, largest, (20, 30, *colours), np.uint8)
            name = f"TCGA-A{number % 2}-A{number:03d}-DX1_xmin1_ymin1_MPP-0.2500.png"
            sitk.WriteImage(sitk.GetImageFromArray(pixels, isVector=bool(colours)), str(root / folder / name))


@pytest.mark.parametrize("spec", list(register_datasets()), ids=lambda spec: spec.name)
def test_a_dataset_keeps_its_contract(spec, source_of):
    check_dataset(spec, source_of(spec), most_scans=1 if spec.synthetic else 5)
