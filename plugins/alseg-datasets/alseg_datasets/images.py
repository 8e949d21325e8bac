"""Read one volume, each format by the library that reads it whole, imported when it is needed."""

from dataclasses import replace
from pathlib import Path

from alseg_datasets.regular_file import check_regular
from alseg_datasets.volume import Frame, Volume

_NIFTI = (".nii", ".nii.gz", ".hdr", ".img", ".hdr.gz", ".img.gz")
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PNG = b"\x89PNG"
_FLAT = (b"\xff\xd8\xff", b"BM")


def is_nifti(path: Path) -> bool:
    """Whether a file's name says that it is NIfTI (or ANALYZE 7.5), in capitals or not."""
    return path.name.lower().endswith(_NIFTI)


def is_picture(path: Path) -> bool:
    """Whether a file is of a format that does not say where a scan lies, and whose spacing may be that of a printer."""
    return path.name.lower().endswith(_PICTURES)


def read_volume(path: Path) -> Volume:
    """Read a volume, a 2D image as a volume of one slice, or a folder that holds one DICOM series.

    Channels are a file's fourth axis or its components, such as colours. Other formats than NIfTI are known by how
    they begin.

    Raises:
        AlsegError: the file is missing, truncated, no image, or has more than four dimensions.
    """
    if path.is_dir():
        from alseg_datasets.dicom import read_dicom

        return read_dicom(path)
    check_regular(path)
    if is_nifti(path):
        from alseg_datasets.nifti import read_nifti

        return read_nifti(path)
    volume = _known_by_content(path)
    return replace(volume, frame=Frame(0)) if is_picture(path) else volume


def _known_by_content(path: Path) -> Volume:
    with path.open("rb") as file:
        start = file.read(132)
    if start.startswith(_TIFF):
        from alseg_datasets.tiff import read_tiff

        return read_tiff(path)
    if start.startswith(_PNG):
        from alseg_datasets.flat_image import read_png

        return read_png(path)
    if start.startswith(_FLAT):
        from alseg_datasets.flat_image import read_with_pillow

        return read_with_pillow(path)
    if start.endswith(b"DICM") or path.suffix.lower() in {".dcm", ".ima"}:
        from alseg_datasets.dicom import read_dicom

        return read_dicom(path)
    from alseg_datasets.itk import read_image

    return read_image(path)
