"""Check a slice store from end to end."""

from collections.abc import Callable
from pathlib import Path

from alcore.errors import AlsegError
from alcore.store.hashes import array_sha256, content_sha256, fingerprint
from alcore.store.info import StoreInfo
from alcore.store.reader import SliceStore

_HINT = "convert the dataset again: alseg data convert --force"


def verify(path: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> StoreInfo:
    """Read every slice of a store and compare its content with the hashes that were stored.

    Args:
        path: the store.
        progress: called with (scans checked, scans in all).

    Raises:
        AlsegError: the store is damaged; the first broken scan is named.
    """
    with SliceStore.open(path) as store:
        total = len(store.scans)
        for scan in range(total):
            progress(scan, total)
            image, label = store.read_scan_image(scan), store.read_scan_label(scan)
            found = content_sha256(array_sha256(image), array_sha256(label), store.geometry(scan))
            if found != store.scans.content[scan]:
                raise AlsegError(
                    f"the slice store {path} is damaged: scan {store.scans.ids[scan]!r} is not what was written",
                    hint=_HINT,
                )
        progress(total, total)
        if fingerprint(store.info, store.scans) != store.info.fingerprint:
            raise AlsegError(f"the slice store {path} is damaged: its index is not what was written", hint=_HINT)
        return store.info
