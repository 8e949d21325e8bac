"""Mutated images and label maps in every format that a folder of one's own may hold."""

import random
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import attacking
import nibabel
import numpy as np
import pydicom
import SimpleITK
import tifffile
from alseg_datasets.folder import Folder
from alseg_datasets.options import ScanOptions
from attack_stores import damaged
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from alcore import Scan

_SHAPE = (5, 8, 6)
_TOML = """images = "images/{{id}}{0}"
labels = "labels/{{id}}.nii.gz"
[classes]
background = 0
organ = 1
[split]
validation = ["scan"]
"""


def build(folder: Path) -> attacking.Attack:
    """The attack on one scan with its label map."""
    rng = np.random.default_rng(0)
    image = rng.integers(0, 400, _SHAPE).astype(np.int16)
    label = (image > 200).astype(np.uint8)
    sound = folder / "sound"
    for ending, write in _FORMATS.items():
        (sound / ending / "images").mkdir(parents=True)
        (sound / ending / "labels").mkdir()
        write(sound / ending / "images", image)
        nibabel.save(nibabel.Nifti1Image(label.T, np.eye(4)), sound / ending / "labels" / "scan.nii.gz")
        (sound / ending / "alseg.toml").write_text(_TOML.format("" if ending == ".dcm" else ending), "utf-8")

    def read(source: Path) -> Scan:
        dataset = Folder(ScanOptions())
        (scan,) = dataset.list_scans(source).scans
        return dataset.read_scan(scan)

    originals = {ending: read(sound / ending) for ending in _FORMATS}

    def attack(rng: random.Random) -> str:
        ending = rng.choice(list(_FORMATS))
        source = folder / "attacked"
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(sound / ending, source)
        chosen = source / ("images" if rng.random() < 0.8 else "labels")
        file = rng.choice(sorted(path for path in chosen.rglob("*") if path.is_file()))
        file.write_bytes(damaged(file.read_bytes(), rng))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scan = read(source)
        original = originals[ending]
        same = np.array_equal(scan.image, original.image) and np.array_equal(scan.label, original.label)
        return "same" if same else "as the file says"  # most formats have no checksum over their voxels

    return attack


def _nifti(folder: Path, image: np.ndarray, ending: str) -> None:
    nibabel.save(nibabel.Nifti1Image(image.T, np.eye(4)), folder / f"scan{ending}")


def _pair(folder: Path, image: np.ndarray) -> None:
    nibabel.save(nibabel.Nifti1Pair(image.T, np.eye(4)), folder / "scan.img")


def _itk(folder: Path, image: np.ndarray, ending: str) -> None:
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(image), folder / f"scan{ending}", useCompression=ending != ".mhd")


def _tiff(folder: Path, image: np.ndarray) -> None:
    tifffile.imwrite(folder / "scan.tif", image, compression="zlib")


def _dicom(folder: Path, image: np.ndarray) -> None:
    (folder / "scan").mkdir()
    series, study = generate_uid(), generate_uid()
    for z, plane in enumerate(image):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        file = FileDataset(str(folder), {}, file_meta=meta, preamble=b"\0" * 128)
        file.SOPClassUID, file.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        file.SeriesInstanceUID, file.StudyInstanceUID, file.Modality = series, study, "CT"
        file.Rows, file.Columns = plane.shape
        file.PixelSpacing, file.SliceThickness = [1.0, 1.0], 1.0
        file.ImagePositionPatient, file.ImageOrientationPatient = [0.0, 0.0, float(z)], [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        file.InstanceNumber, file.SamplesPerPixel, file.PhotometricInterpretation = z + 1, 1, "MONOCHROME2"
        file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 16, 16, 15, 1
        file.PixelData = plane.tobytes()
        pydicom.dcmwrite(folder / "scan" / f"{z}.dcm", file, enforce_file_format=True)


_FORMATS: dict[str, Callable[[Path, np.ndarray], None]] = {
    ".nii": lambda folder, image: _nifti(folder, image, ".nii"),
    ".nii.gz": lambda folder, image: _nifti(folder, image, ".nii.gz"),
    ".hdr": _pair,
    ".nrrd": lambda folder, image: _itk(folder, image, ".nrrd"),
    ".mha": lambda folder, image: _itk(folder, image, ".mha"),
    ".mhd": lambda folder, image: _itk(folder, image, ".mhd"),
    ".tif": _tiff,
    ".dcm": _dicom,
}
