"""An annotator that breaks its contract is named, with what is wrong."""

import numpy as np
import pytest

from alcore import IGNORED, AlsegError, AnnotationTask, Answer, LabelSpace, Region, Units
from alcore.engine.annotator_guard import GuardedAnnotator

UNITS = Units.slices(np.array([0, 0, 1]), np.array([0, 2, 1]), np.array([3, 3, 4]), np.array([4, 4, 2]))


def zeros(region):
    return np.zeros([b - a for a, b in zip(region.lower, region.upper, strict=True)], np.uint8)


@pytest.fixture
def guarded(tmp_path):
    """An annotator under guard that answers with what is given."""

    def make(answer, space=LabelSpace(("background", "organ"))):  # noqa: B008
        class Odd:
            def request(self, units, round_number):
                pass

            def collect(self, round_number):
                if isinstance(answer, type):
                    raise answer("the disk is gone")
                return answer

        sizes = np.array([[3, 3, 4], [2, 4, 2]])
        task = AnnotationTask(space, ("first", "second"), sizes, np.ones((2, 3)), zeros, 0, tmp_path)
        annotator = GuardedAnnotator(Odd(), "the annotator 'odd' (alseg-odd 1.2)", task)
        annotator.request(UNITS, 3)
        return annotator

    return make


def test_a_whole_answer_a_part_and_none_pass(guarded):
    assert guarded(None).collect(3) is None
    for units in (UNITS, UNITS.take([2])):
        answer = guarded(Answer(units, zeros, 4.5)).collect(3)
        assert answer.units is units
        assert answer.seconds == 4.5
        assert answer.read(units[0]).shape == tuple(np.subtract(units[0].upper, units[0].lower))


FOREIGN = Units.slices(np.array([1]), np.array([0]), np.array([4]), np.array([2]))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ([], "answered a request with a list, not with an Answer"),
        (Answer([UNITS[0]], zeros), "not with an Answer for Units"),
        (Answer(UNITS.take([]), zeros), "without labelling anything"),
        (Answer(FOREIGN, zeros), r"labelled Region\(scan=1, .* which was not asked for"),
        (Answer(UNITS, zeros, float("nan")), "gave nan as the seconds"),
        (Answer(UNITS, zeros, -1.0), "gave -1.0 as the seconds"),
        (Answer(UNITS, zeros, "long"), "gave 'long' as the seconds"),
    ],
)
def test_an_answer_that_is_none_is_named(guarded, answer, fault):
    with pytest.raises(AlsegError, match=r"'odd' \(alseg-odd 1.2\) .*" + fault):
        guarded(answer).collect(3)


@pytest.mark.parametrize(
    ("read", "fault"),
    [
        (lambda region: zeros(region)[0], r"uint8 of \(3, 4\), not uint8 of \(1, 3, 4\)"),
        (lambda region: zeros(region).astype(int), r"int64 of \(1, 3, 4\), not uint8"),
        (lambda region: zeros(region).tolist(), "as list, not uint8"),
        (lambda region: zeros(region) + 2, "labelled a voxel of 'first' as 2, which is no class"),
    ],
)
def test_labels_that_are_none_are_named(guarded, read, fault):
    answer = guarded(Answer(UNITS, read)).collect(3)
    with pytest.raises(AlsegError, match=r"'odd' \(alseg-odd 1.2\) .*" + fault):
        answer.read(Region(0, (2, 0, 0), (3, 3, 4)))


def test_ignored_voxels_are_labels(guarded):
    answer = guarded(Answer(UNITS, lambda region: zeros(region) + IGNORED)).collect(3)
    assert (answer.read(UNITS[0]) == IGNORED).all()


def test_what_it_raises_names_it(guarded):
    with pytest.raises(RuntimeError, match="the disk is gone") as raised:
        guarded(RuntimeError).collect(3)
    assert raised.value.__notes__ == ["raised in the annotator 'odd' (alseg-odd 1.2)"]
