"""What a tracker may show of a round's annotated slices, computed if it looks: see :class:`alcore.QueriedSlices`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.labels import LabelSpace
from alcore.learning import LogitsPredictor
from alcore.pool.annotations import Annotations
from alcore.pool.slices import SliceTensors
from alcore.pool.table import SliceTable
from alcore.query import Indices


@dataclass(frozen=True)
class ComputedSlices:
    """This round's annotated slices; of a patch or volume the one in its middle.

    Args:
        indices: rows of the table, in the strategy's order.
        table: the pool's slices.
        label_space: what the classes are.
    """

    indices: Indices
    table: SliceTable
    label_space: LabelSpace
    _images: SliceTensors
    _annotations: Annotations
    _predictor: LogitsPredictor

    def name(self, k: int) -> str:
        """Scan id and position of the k-th slice."""
        index = self.indices[k]
        return f"{self.table.scan_ids[self.table.scan[index]]} slice {self.table.position[index]}"

    def image(self, k: int) -> NDArray[np.float32]:
        """Normalised image of the k-th slice, (channels, height, width)."""
        array: NDArray[np.float32] = self._images.batch(self.indices[k : k + 1])[0].cpu().numpy()
        return array

    def truth(self, k: int) -> NDArray[np.uint8]:
        """Label of the k-th slice, (height, width) or (classes, height, width)."""
        return self._annotations.label(int(self.indices[k]))

    def prediction(self, k: int) -> NDArray[np.uint8]:
        """What the model that queried the k-th slice predicts, of the truth's shape."""
        ((_, logits),) = self._predictor.logits(self._images, self.indices[k : k + 1])
        array: NDArray[np.uint8] = self.label_space.decide(logits)[0].cpu().numpy().astype(np.uint8)
        return array
