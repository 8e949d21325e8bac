"""From the values of a label map to labels, where classes may share values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.labels import IGNORED, LabelSpace
from alcore.prediction.image_reader import label_values
from alcore.store.info import StoreInfo


@dataclass(frozen=True)
class LabelParts:
    """The parts of a dataset's label maps: values that are of the same classes are one.

    Args:
        values: label values of each part.
        members: (parts, foreground classes), whether a part is of a class.
        label_space: the classes.
    """

    values: tuple[tuple[int, ...], ...]
    members: NDArray[np.bool_]
    label_space: LabelSpace

    @classmethod
    def of(cls, info: StoreInfo) -> "LabelParts":
        """The parts of what a store was made of.

        Raises:
            AlsegError: see :func:`alcore.prediction.image_reader.label_values`.
        """
        of_class = label_values(info)
        parts: dict[tuple[bool, ...], list[int]] = {}
        for value in sorted({value for values in of_class for value in values}):
            parts.setdefault(tuple(value in values for values in of_class[1:]), []).append(value)
        return cls(tuple(map(tuple, parts.values())), np.array(list(parts)), info.label_space)

    def labels(self, parts: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Labels ([classes,] as the label space has them) of (n, *spatial) numbers of parts; ``IGNORED`` stays."""
        table = np.full((256, self.members.shape[1]), IGNORED, np.uint8)
        table[: len(self.members)] = self.members
        if self.label_space.multi_label:
            return np.moveaxis(table[parts], -1, 1)
        numbers = table[:, 0].copy()
        numbers[: len(self.members)] = self.members @ np.arange(1, self.members.shape[1] + 1, dtype=np.uint8)
        return numbers[parts]
