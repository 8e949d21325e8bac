"""Take scans that have not changed from the store that is about to be replaced."""

from pathlib import Path
from types import TracebackType

from alcore.conversion.prepare import source_files
from alcore.errors import AlsegError
from alcore.files import is_mostly_holes
from alcore.scans import ScanSource
from alcore.store.info import ScanRecord
from alcore.store.reader import SliceStore
from alcore.store.writer import PreparedScan


class EarlierStore:
    """The scans of an earlier conversion, as a context manager. Threads may share it.

    Args:
        path: the earlier store.
        dataset: what its dataset must be called.

    Attributes:
        reused: ids of the scans that were taken from it.

    Raises:
        AlsegError: the file is damaged, no store, or of another dataset.
    """

    def __init__(self, path: Path, dataset: str) -> None:
        self._store = SliceStore.open(path)
        if self._store.info.dataset != dataset:
            self._store.close()
            raise AlsegError(
                f"{path} holds the dataset {self._store.info.dataset!r}, not {dataset!r}",
                hint="--force replaces it",
            )
        self._number = {name: number for number, name in enumerate(self._store.scans.ids)}
        self.reused: set[str] = set()

    def __enter__(self) -> "EarlierStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def find(self, source: ScanSource, recipe: str, *, allow_empty: bool) -> PreparedScan | None:
        """The scan, if it was made from equal files in the same way; None if it has to be read.

        Files are hashed where all else is equal. Those that are mostly holes are not: whoever reads them limits them.

        Args:
            source: the scan as the dataset lists it now; its split and group may have changed.
            recipe: see :func:`alcore.conversion.recipe.recipe_of`.
            allow_empty: whether a scan without foreground will do.

        Raises:
            AlsegError: the scan is damaged in the earlier store, or a file cannot be read.
        """
        number = self._number.get(source.id)
        if number is None:
            return None
        geometry = self._store.geometry(number)
        table = self._store.scans
        usable = allow_empty or table.foreground_slices[number] > 0
        if not usable or geometry.recipe != recipe or any(map(is_mostly_holes, source.files)):
            return None
        if geometry.files != source_files(source):
            return None
        self.reused.add(source.id)
        image = self._store.read_scan_image(number)
        record = ScanRecord(
            id=source.id,
            split=source.split,
            n_slices=int(table.n_slices[number]),
            height=int(table.height[number]),
            width=int(table.width[number]),
            spacing=geometry.spacing,
            statistics={name: values[number] for name, values in table.statistics.items()},
            class_voxels=table.class_voxels[number],
            foreground_slices=int(table.foreground_slices[number]),
            content=table.content[number],
            image_content=table.image_content[number],
            warnings=table.warnings[number],
            group=source.group,
        )
        return PreparedScan(record, geometry, image, self._store.read_scan_label(number))
