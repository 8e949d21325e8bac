import json

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

from alcore import DatasetSpec


def write_image(path, voxels, spacing=(1.0, 1.0, 2.0), origin=(0.0, 0.0, 0.0)):
    """Write (z, y, x) or (channel, z, y, x) voxels."""
    image = sitk.GetImageFromArray(voxels, isVector=False)
    image.SetSpacing((*spacing, 1.0)[: voxels.ndim])
    image.SetOrigin((*origin, 0.0)[: voxels.ndim])
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(image, str(path), useCompression=True)


class DecathlonFolder:
    """A generated folder in the Decathlon's form, which tests then spoil."""

    def __init__(self, root, n_channels=1, labels=("background", "organ"), scans=6):
        self.root = root
        self.labels, self.n_channels = labels, n_channels
        self.names = [f"case_{number:02d}" for number in range(scans)]
        rng = np.random.default_rng(0)
        for number, name in enumerate(self.names):
            shape = (4 + number, 6, 5)
            voxels = rng.integers(-100, 400, (n_channels, *shape)).astype(np.int16)
            self.write(name, voxels if n_channels > 1 else voxels[0], rng.integers(0, len(labels), shape, np.uint8))
        self.describe()

    def image(self, name):
        return self.root / "imagesTr" / f"{name}.nii.gz"

    def label(self, name):
        return self.root / "labelsTr" / f"{name}.nii.gz"

    def write(self, name, image, label, label_spacing=(1.0, 1.0, 2.0), label_origin=(0.0, 0.0, 0.0)):
        write_image(self.image(name), image)
        write_image(self.label(name), label, label_spacing, label_origin)

    def describe(self, **changes):
        described = {
            "licence": "CC-BY-SA 4.0",
            "reference": "made up",
            "modality": {str(number): f"modality {number}" for number in range(self.n_channels)},
            "labels": {str(value): name for value, name in enumerate(self.labels)},
            "training": [
                {"image": f"./imagesTr/{name}.nii.gz", "label": f"./labelsTr/{name}.nii.gz"} for name in self.names
            ],
        }
        (self.root / "dataset.json").write_text(json.dumps(described | changes))


@pytest.fixture
def decathlon_folder(tmp_path):
    def make(name="Task99 Ü", **kwargs):
        (tmp_path / name).mkdir()
        return DecathlonFolder(tmp_path / name, **kwargs)

    return make


@pytest.fixture
def convert(tmp_path):
    """Convert a built-in dataset to a store and return its path."""
    from alcore.conversion.convert import Conversion
    from alcore.conversion.convert import convert as convert_dataset
    from alcore.registry import Registry

    registry = Registry.installed()

    def run(name, source=None, options=None, **conversion):
        component = registry.get(DatasetSpec, name)
        target = tmp_path / f"{name}.h5"
        parsed = component.parse_options(options or {})
        convert_dataset(component, parsed, source, target, Conversion(overwrite=True, **conversion))
        return target

    return run


@pytest.fixture
def write_series():
    """Write a folder with a DICOM series."""

    def write(folder, array):
        """Write a DICOM series, one file per slice, in an order that is not that of the slices."""
        folder.mkdir(parents=True)
        series = "1.2.826.0.1.3680043.2.1125.1"
        for position in range(len(array)):
            image = sitk.GetImageFromArray(array[position : position + 1].astype(np.int16))
            image.SetSpacing((1.0, 1.0, 2.5))
            place = f"0\\0\\{2.5 * position}"
            for tag, value in (
                ("0020|000e", series),
                ("0020|0032", place),
                ("0020|0013", str(position)),
                ("0008|0060", "CT"),
            ):
                image.SetMetaData(tag, value)
            image.SetMetaData("0020|0037", "1\\0\\0\\0\\1\\0")
            writer = sitk.ImageFileWriter()
            writer.KeepOriginalImageUIDOn()
            image.SetMetaData("0008|0018", f"{series}.{position}")
            writer.SetFileName(str(folder / f"{len(array) - position}.dcm"))
            writer.Execute(image)

    return write
