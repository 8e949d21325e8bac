"""What every interpolator must do."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from alcore.guards.answers import fill_fault
from alcore.query import Interpolator
from alcore.specs import InterpolatorSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe

_SIZE = 24

Labels = NDArray[np.uint8]


def check_interpolator(spec: InterpolatorSpec, options: Options | None = None) -> None:
    """Check that an interpolator keeps its contract, on small discs.

    Args:
        spec: the interpolator's spec.
        options: its options; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"interpolator {spec.name!r}", interpolator_findings(spec, options))


def interpolator_findings(spec: InterpolatorSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_interpolator`."""
    checks = _InterpolatorChecks(spec, options if options is not None else spec.options())
    built = probe(
        "the interpolator is built",
        checks.found_when_built,
        expected="Class(options) with a method fill",
        fix="take the options alone",
    )
    yield built
    if not built.passed:
        return
    if "single" in spec.labels:
        yield probe(
            "fills of single-label slices have the right shape",
            lambda: checks.found_in_shape(_single(6), _single(8)),
            expected="uint8 of shape (n_between, height, width), with no label that is in neither end",
            fix="return one slice per slice between the ends, of their shape and type",
        )
        yield probe(
            "slice k lies at first + 1 + k",
            checks.found_in_order,
            expected="areas that go from that of the first slice to that of the last",
            fix="entry 0 of the fill is the slice beside the first one",
        )
        yield probe(
            "equal ends are filled with themselves",
            checks.found_between_equal_ends,
            expected="the label of both ends in every slice between",
            fix="what does not change from first to last does not change in between",
        )
    if "multi" in spec.labels:
        yield probe(
            "fills of multi-label slices have the right shape",
            lambda: checks.found_in_shape(_multi(6), _multi(8)),
            expected="uint8 of shape (n_between, classes, height, width), with no label that is in neither end",
            fix="fill each class on its own",
        )
    yield probe(
        "what cannot be interpolated is None",
        checks.found_without_overlap,
        expected="None, or labels of the right shape, between masks far apart or absent",
        fix="return None; do not raise",
    )
    yield probe(
        "the annotated slices are left alone",
        checks.found_in_ends,
        expected="first and last unchanged, and the same fill each time",
        fix="copy an array before changing it; draw nothing at random",
    )


class _InterpolatorChecks:
    """The checks; each returns what it found amiss, or an empty text."""

    def __init__(self, spec: InterpolatorSpec, options: Options) -> None:
        self.spec = spec
        self.options = options
        example = _single if "single" in spec.labels else _multi
        self.first, self.last = example(5), example(9)

    def build(self) -> Interpolator:
        interpolator: Interpolator = self.spec.load()(self.options)
        return interpolator

    def found_when_built(self) -> str:
        return "" if callable(getattr(self.build(), "fill", None)) else "no method fill"

    def found_in_shape(self, first: Labels, last: Labels) -> str:
        for n_between in (1, 3):
            filled = self.build().fill(first, last, n_between)
            if filled is None:
                return "None between overlapping discs"
            if fault := fill_fault(filled, first, last, n_between):
                return fault
            if filled.dtype != np.uint8:
                return f"labels of type {filled.dtype}, not uint8"
        return ""

    def found_in_order(self) -> str:
        filled = self.build().fill(_disc(3), _disc(10), 4)
        if filled is None:
            return "None between overlapping discs"
        areas = [int(np.count_nonzero(mask)) for mask in filled]
        return "" if areas == sorted(areas) and areas[0] < areas[-1] else f"areas {areas} from a small disc to a large"

    def found_between_equal_ends(self) -> str:
        filled = self.build().fill(_single(7), _single(7), 3)
        return "" if filled is not None and (filled == _single(7)).all() else "another label, or None"

    def found_without_overlap(self) -> str:
        apart = np.zeros_like(self.first), np.ascontiguousarray(self.first[..., ::-1, ::-1])
        for last in apart:
            for first, end in ((self.first, last), (last, self.first), (last, last)):
                filled = self.build().fill(first, end, 2)
                if fault := fill_fault(filled, first, end, 2):
                    return fault
        return ""

    def found_in_ends(self) -> str:
        first, last = self.first.copy(), self.last.copy()
        first.setflags(write=False)
        last.setflags(write=False)
        once, again = (self.build().fill(first, last, 2) for _ in range(2))
        same = once is again if once is None or again is None else np.array_equal(once, again)
        if not same:
            return "another fill the second time"
        return ""


def _disc(radius: int, centre: int = _SIZE // 2) -> Labels:
    rows, columns = np.ogrid[:_SIZE, :_SIZE]
    return np.asarray((rows - centre) ** 2 + (columns - centre) ** 2 <= radius**2).astype(np.uint8)


def _single(radius: int) -> Labels:
    """Two classes, one around the other."""
    label = _disc(radius, 10)
    label[_disc(radius // 2, 10) > 0] = 2
    return label


def _multi(radius: int) -> Labels:
    return np.stack([_disc(radius, 10), _disc(radius // 2, 10)])
