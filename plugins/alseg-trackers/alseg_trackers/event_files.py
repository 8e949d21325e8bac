"""What earlier starts of a run left in its event files, as far as it was committed."""

from collections.abc import Iterator
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

EPOCH_GROUP = "epoch/"
"""Tags whose step counts epochs through all rounds; the step of every other tag is the round."""

NOT_KEPT = ("_hparams_/", "configuration/")
"""Tags that every start writes anew."""


def event_files(directory: Path) -> list[Path]:
    """The event files of a folder, oldest first; a folder or link of such a name is none of this tracker's."""
    named = directory.glob("events.out.tfevents.*")
    return sorted(path for path in named if path.is_file() and not path.is_symlink())


def committed_events(files: list[Path], first_round: int, last_epoch: int) -> Iterator[Event]:
    """Yield the events of the rounds before ``first_round``, each once; a torn last record is left out.

    Args:
        files: event files, oldest first.
        first_round: the first round that was not committed.
        last_epoch: the last epoch that was committed, counted through all rounds.
    """
    seen = set()
    for path in files:
        for event in LegacyEventFileLoader(str(path)).Load():
            if not event.HasField("summary"):
                continue
            tag = event.summary.value[0].tag
            past = event.step > last_epoch if tag.startswith(EPOCH_GROUP) else event.step >= first_round
            if past or tag.startswith(NOT_KEPT) or (tag, event.step) in seen:
                continue
            seen.add((tag, event.step))
            yield event
