"""What the classes of a dataset are: the one place that knows how labels, logits and masks belong together."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alcore.specs import LabelMode

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = 255
"""Label of voxels that count nowhere: padding, and whatever is not annotated."""


@dataclass(frozen=True)
class LabelSpace:
    """The classes of a dataset.

    Labels of single-label data are class numbers, of shape (n, *spatial). Labels of multi-label data are 0 or 1 for
    each class, of shape (n, classes, *spatial). Both are :data:`IGNORED` where nothing is annotated.

    Args:
        class_names: single-label data: all classes, background first; multi-label data: one name per class, none of
            them background.
        multi_label: whether a voxel may belong to several classes.
    """

    class_names: tuple[str, ...]
    multi_label: bool = False

    @classmethod
    def numbered(cls, n_classes: int, *, multi_label: bool = False) -> "LabelSpace":
        """A label space of ``n_classes`` classes that are named by their numbers, for synthetic data."""
        return cls(tuple(f"class {number}" for number in range(n_classes)), multi_label)

    @property
    def mode(self) -> LabelMode:
        """``single`` or ``multi``, as specs state what they fit."""
        return "multi" if self.multi_label else "single"

    @property
    def n_classes(self) -> int:
        """Classes that a model predicts, which are the channels of its logits."""
        return len(self.class_names)

    @cached_property
    def foreground(self) -> tuple[int, ...]:
        """The foreground classes, as class numbers."""
        return tuple(range(0 if self.multi_label else 1, self.n_classes))

    @property
    def foreground_names(self) -> tuple[str, ...]:
        """The names of the foreground classes."""
        return self.class_names if self.multi_label else self.class_names[1:]

    @property
    def leading_shape(self) -> tuple[int, ...]:
        """The axes of one label before its spatial ones: (classes,) for multi-label data, else none."""
        return (self.n_classes,) if self.multi_label else ()

    @property
    def alpha(self) -> float:
        """The least certain probability: 1 / classes for single-label data, 0.5 for multi-label data."""
        return 0.5 if self.multi_label else 1.0 / self.n_classes

    def probabilities(self, logits: "Tensor") -> "Tensor":
        """Probabilities of (n, classes, *spatial) logits; for multi-label data of each class by itself."""
        return logits.sigmoid() if self.multi_label else logits.softmax(dim=1)

    def logits(self, probabilities: "Tensor") -> "Tensor":
        """Logits of (n, classes, *spatial) probabilities, finite where those are 0 or 1."""
        return probabilities.logit(1e-7) if self.multi_label else probabilities.clamp(min=1e-12).log()

    def decide(self, logits: "Tensor", level: float = 0.5) -> "Tensor":
        """Labels of (n, classes, *spatial) logits; of multi-label data where a probability exceeds ``level``."""
        # The sigmoid exceeds a level where its argument exceeds the level's logit.
        return logits > math.log(level / (1 - level)) if self.multi_label else logits.argmax(dim=1)

    def masks(self, labels: "Tensor") -> "Tensor":
        """(n, [classes,] *spatial) labels as boolean masks (foreground, n, *spatial), False where ignored."""
        if self.multi_label:
            return labels.transpose(0, 1) == 1
        classes = labels.new_tensor(self.foreground)
        return labels == classes.view(-1, *[1] * labels.dim())

    def class_masks(self, label: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """One label ([classes,] *spatial) as boolean masks (foreground classes, *spatial); ignored voxels are False."""
        values = 1 if self.multi_label else np.array(self.foreground, np.uint8).reshape(-1, *[1] * label.ndim)
        masks: NDArray[np.bool_] = label == values
        return masks

    def one_hot(self, labels: "Tensor") -> "tuple[Tensor, Tensor]":
        """Labels as 0 or 1 per class, and where they count.

        Args:
            labels: (n, [classes,] *spatial).

        Returns:
            (n, classes, *spatial) int64, 0 where ignored; (n, classes or 1, *spatial) bool, False where ignored.
        """
        known = labels if self.multi_label else labels.unsqueeze(1)
        valid = known != IGNORED
        numbers = known.masked_fill(~valid, 0).long()
        if self.multi_label:
            return numbers, valid
        shape = (labels.shape[0], self.n_classes, *labels.shape[1:])
        return numbers.new_zeros(shape).scatter_(1, numbers, 1) * valid, valid
