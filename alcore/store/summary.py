"""One line about a store, whatever its state."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alcore.errors import AlsegError
from alcore.store.reader import SliceStore


@dataclass(frozen=True)
class StoreSummary:
    """One line about a store; the fields after ``error`` are empty where it cannot be opened.

    Args:
        name: the name under which it is found.
        path: the file.
        n_bytes: size of the file.
        error: why it cannot be opened; empty where it can.
        dataset: the dataset's name.
        synthetic: whether the images were generated.
        scans: number of scans.
        slices: number of slices.
        plugin: distribution and version that read the data.
    """

    name: str
    path: Path
    n_bytes: int
    error: str = ""
    dataset: str = ""
    synthetic: bool = False
    scans: int = 0
    slices: int = 0
    plugin: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields, as JSON holds them."""
        return {**asdict(self), "path": str(self.path)}


def summarise(path: Path) -> StoreSummary:
    """Summarise the store at ``path``; one that cannot be opened is summarised as such."""
    name, size = path.stem, 0
    try:
        size = path.stat().st_size
        with SliceStore.open(path) as store:
            info, scans = store.info, store.scans
    except AlsegError as error:
        return StoreSummary(name, path, size, error=error.message)
    except OSError as error:
        return StoreSummary(name, path, size, error=f"the slice store {path} cannot be read: {error.strerror}")
    return StoreSummary(
        name,
        path,
        size,
        dataset=info.dataset,
        synthetic=info.synthetic,
        scans=len(scans),
        slices=int(scans.n_slices.sum()),
        plugin=f"{info.distribution} {info.version}",
    )
