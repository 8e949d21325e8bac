"""The checks of trackers and launchers: sound ones pass, each fault is told."""

import pytest

from alcore import JobOutcome, LauncherSpec, Moments, TrackerSpec, run_job
from alcore.testing import ConformanceError, check_launcher, check_tracker


class SoundTracker(Moments):
    def __init__(self, options, *, directory):
        self.path = directory / "rounds.txt"

    def round_finished(self, *, round, record, **_):
        with self.path.open("a") as file:
            file.write(f"{round} {record['labelled']}\n")


class Strict(SoundTracker):
    def round_finished(self, *, round, record):
        pass


class Misspelt(SoundTracker):
    def round_finished(self, *, number, **_):
        pass


class WritesElsewhere(SoundTracker):
    def run_finished(self, **_):
        with open("summary.txt", "w") as file:  # noqa: PTH123
            file.write("done")


class WantsAnEmptyFolder(SoundTracker):
    def run_started(self, **_):
        if list(self.path.parent.iterdir()):
            raise RuntimeError("not empty")
        self.path.touch()


class ClosesWhatIsNotOpen(SoundTracker):
    file = None

    def run_started(self, **_):
        self.file = self.path.open("w")

    def closed(self, **_):
        self.file.close()


class WantsAStrategy(SoundTracker):
    def run_started(self, *, config, **_):
        self.path.write_text(config["strategy"]["name"])


class ChangesTheRecord(SoundTracker):
    def round_finished(self, *, record, **_):
        record.pop("seconds")


class NoMoments:
    def __init__(self, options, *, directory):
        pass


class SoundLauncher:
    def __init__(self, options):
        pass

    def launch(self, jobs):
        for job in jobs:
            yield run_job(job)


class Forgets(SoundLauncher):
    def launch(self, jobs):
        yield from super().launch(jobs[:-1])


class AnswersTwice(SoundLauncher):
    def launch(self, jobs):
        for job in jobs:
            yield JobOutcome(job.key, "no-such-dataset")
            yield run_job(job)


class ThrowsOnFailure(SoundLauncher):
    def launch(self, jobs):
        for outcome in super().launch(jobs):
            if outcome.error:
                raise RuntimeError("a job failed")
            yield outcome


class HidesFailures(SoundLauncher):
    def launch(self, jobs):
        for job in jobs:
            yield JobOutcome(job.key)


class CannotBeClosed(SoundLauncher):
    def launch(self, jobs):
        return map(run_job, jobs)


def checked(monkeypatch, kind, implementation, check):
    spec = kind(name="checked", summary="Checked.", target="nowhere:Checked")
    monkeypatch.setattr(kind, "load", lambda self: implementation)
    check(spec)


def test_sound_ones_pass(monkeypatch):
    checked(monkeypatch, TrackerSpec, SoundTracker, check_tracker)
    checked(monkeypatch, LauncherSpec, SoundLauncher, check_launcher)


@pytest.mark.parametrize(
    ("tracker", "told"),
    [
        (Strict, "of_a_later_version"),
        (Misspelt, "'number'"),
        (WritesElsewhere, "only the tracker's own folder.*found summary.txt"),
        (WantsAnEmptyFolder, "goes on in the same folder.*found RuntimeError: not empty"),
        (ClosesWhatIsNotOpen, "a run that fails at once can be closed"),
        (WantsAStrategy, "training on all labels is survived.*KeyError"),
        (ChangesTheRecord, "found the record of round 0, the record of round 1"),
        (NoMoments, "found a NoMoments, no alcore.Moments"),
    ],
)
def test_a_faulty_tracker_is_found_out(monkeypatch, tracker, told):
    with pytest.raises(ConformanceError, match=told):
        checked(monkeypatch, TrackerSpec, tracker, check_tracker)


@pytest.mark.parametrize(
    ("launcher", "told"),
    [
        (Forgets, "found answers for a, b of the jobs a, b, c"),
        (AnswersTwice, "found answers for a, a, b, b, c, c of the jobs a, b, c"),
        (ThrowsOnFailure, "found RuntimeError: a job failed"),
        (HidesFailures, "found '' where the dataset 'no-such-dataset' does not exist"),
        (CannotBeClosed, r"found an iterator without close\(\)"),
    ],
)
def test_a_faulty_launcher_is_found_out(monkeypatch, launcher, told):
    with pytest.raises(ConformanceError, match=told):
        checked(monkeypatch, LauncherSpec, launcher, check_launcher)
