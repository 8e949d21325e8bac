"""The simulated annotator of a benchmark."""

from alcore import AnnotationTask, Answer, Options, Units


class Simulated:
    """Gives the labels that the dataset has.

    Args:
        options: it has none.
        task: the run's.
    """

    def __init__(self, options: Options, *, task: AnnotationTask) -> None:
        self._truth = task.truth
        self._asked: dict[int, Units] = {}

    def request(self, units: Units, round_number: int) -> None:
        """Note what is asked for."""
        self._asked[round_number] = units

    def collect(self, round_number: int) -> Answer:
        """The true labels of all of it."""
        return Answer(self._asked[round_number], self._truth)
