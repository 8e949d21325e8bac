"""Which files the reading of one takes: the data may lie in other files than the header that is named."""

from pathlib import Path

from alseg_datasets.detached import find_voxels
from alseg_datasets.images import is_nifti
from alseg_datasets.regular_file import check_regular

_HEADERS = {".mhd": "MetaImageIO", ".mha": "MetaImageIO", ".nhdr": "NrrdImageIO", ".nrrd": "NrrdImageIO"}


def files_of(path: Path) -> tuple[Path, ...]:
    """All files that are read where ``path`` is: a folder's files, a header and the file of its data, or it alone.

    Raises:
        AlsegError: the other file of a pair, or that which a header names, is missing or lies elsewhere.
    """
    if path.is_dir():
        return tuple(sorted(file for file in path.iterdir() if file.is_file()))
    if is_nifti(path):
        from alseg_datasets.nifti import files_of_pair

        return files_of_pair(path)
    image_io = _HEADERS.get(path.suffix.lower())
    if image_io is None:
        return (path,)
    check_regular(path)
    return tuple(dict.fromkeys((path, find_voxels(path, image_io).file)))
