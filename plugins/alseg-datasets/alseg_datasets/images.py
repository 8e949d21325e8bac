"""Read one volume: NIfTI with nibabel, everything else with ITK, each imported when it is needed."""

from pathlib import Path

from alseg_datasets.regular_file import check_regular
from alseg_datasets.volume import Volume

_NIFTI = (".nii", ".nii.gz")


def read_volume(path: Path) -> Volume:
    """Read a volume, a 2D image as a volume of one slice, or a folder that holds one DICOM series.

    Channels are a file's fourth axis or its components, such as colours.

    Raises:
        AlsegError: the file is missing, truncated, no image, or has more than four dimensions.
    """
    if path.is_dir():
        from alseg_datasets.itk import read_series

        return read_series(path)
    check_regular(path)
    if path.name.endswith(_NIFTI):
        from alseg_datasets.nifti import read_nifti

        return read_nifti(path)
    from alseg_datasets.itk import read_image

    return read_image(path)
