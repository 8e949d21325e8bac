"""``alseg data init`` finds images and labels in the usual arrangements, and what it writes converts."""

import numpy as np
import pytest
import SimpleITK as sitk
from alseg_datasets.description import read_description
from alseg_datasets.sketch import sketch_description

from alcore import AlsegError, SliceStore

LAYOUTS = {
    "two folders": (["images/case{n}.nii.gz"], "labels/case{n}.nii.gz"),
    "two folders, marked files": (["imagesTr/case{n}_0000.nii.gz"], "labelsTr/case{n}.nii.gz"),
    "one folder": (["case{n}.nrrd"], "case{n}_seg.nrrd"),
    "a folder per scan": (["patient{n}/image.mha"], "patient{n}/mask.mha"),
    "channels in a folder per scan": (["p{n}/t1.nii.gz", "p{n}/t2.nii.gz"], "p{n}/seg.nii.gz"),
    "channels in one folder": (["a{n}_flair.nii.gz", "a{n}_t1.nii.gz"], "a{n}_seg.nii.gz"),
    "2D": (["scans/s{n}.png"], "annotations/s{n}.png"),
}


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(sitk.GetImageFromArray(array), str(path))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_init_writes_converts(tmp_path, convert, layout):
    images, label = LAYOUTS[layout]
    shape = (6, 5) if layout == "2D" else (3, 6, 5)
    rng = np.random.default_rng(0)
    for number in range(6):
        for image in images:
            write(tmp_path / image.format(n=number), rng.integers(0, 100, shape).astype(np.uint8))
        write(tmp_path / label.format(n=number), rng.choice([0, 1, 4], shape).astype(np.uint8))
    sketch_description(tmp_path)
    described = read_description(tmp_path)
    assert described.classes == {"background": 0, "class 1": 1, "class 4": 4}
    with SliceStore.open(convert("folder", tmp_path)) as store:
        assert len(store.scans) == 6
        assert len(store.info.channel_names) == len(images)
        assert store.scans.class_voxels.sum(axis=0)[2] > 0


def test_nothing_is_written_where_there_is_nothing_or_a_description_already(tmp_path):
    with pytest.raises(AlsegError, match="no images with labels"):
        sketch_description(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "alseg.toml").write_text("mine")
    with pytest.raises(AlsegError, match="exists already"):
        sketch_description(tmp_path)
    assert (tmp_path / "alseg.toml").read_text() == "mine"
    with pytest.raises(AlsegError, match="does not exist"):
        sketch_description(tmp_path / "nowhere")
