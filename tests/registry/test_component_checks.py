"""Checks that do not end are interrupted and reported."""

import time

from alcore.testing.component import _limited
from alcore.testing.probe import probe


def test_a_component_that_hangs_fails_its_check_and_the_next_check_runs():
    def findings():
        yield probe("it answers", lambda: time.sleep(60) or "", expected="an answer", fix="answer")
        yield probe("it answers again", lambda: "", expected="an answer", fix="answer")

    started = time.perf_counter()
    hung, sound = _limited(findings(), seconds=0.2)
    assert time.perf_counter() - started < 5
    assert "TimeoutError: still busy after 0.2 s" in hung.found
    assert sound.passed
