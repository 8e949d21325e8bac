"""Feature vectors of all slices of a pool, raw or reduced by a principal component analysis."""

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError, Query
from alseg_strategies.diversity_options import DiversityOptions
from alseg_strategies.options import FeatureOptions, FeatureSource

Vectors = NDArray[np.float32]

GRID = 8
"""Cells per side of the grid over which images are averaged."""

# So that the centred features of a chunk stay in the processor's cache.
_CHUNK = 4096


def reduced_features(query: Query, options: FeatureOptions, *, label: str) -> Vectors:
    """Return (slices, components): features of every slice of the pool, labelled ones included.

    The analysis is fitted on the raw pooled features of all slices and applied to the same.

    Args:
        query: the query to answer.
        options: which features, and how many components.
        label: the component that asks, for error messages.

    Raises:
        AlsegError: the model has no feature layer, or the features are not finite.
    """
    vectors = slice_features(query, options, label=label)
    return principal_components(vectors, vectors.mean(axis=0, dtype=np.float64), options.components)


def slice_features(query: Query, options: FeatureSource, *, label: str) -> Vectors:
    """Return (slices, channels): the raw features of every slice of the pool, labelled ones included.

    Args:
        query: the query to answer.
        options: which features.
        label: the component that asks, for error messages.

    Raises:
        AlsegError: the model has no feature layer, or the features are not finite.
    """
    everything = np.arange(len(query.scan))
    if options.features == "image":
        vectors = _image_features(query, everything)
    else:
        try:
            vectors = query.predictor.features(everything)
        except AlsegError as error:
            hint = f"{error.hint + '; or ' if error.hint else ''}set the option features to 'image'"
            raise AlsegError(f"{label}, option 'features': {error.message}", hint=hint) from error
    if not np.isfinite(vectors.sum(dtype=np.float64)):
        raise AlsegError(
            f"{label}, option 'features': the {options.features} features are not finite",
            hint="the training may have diverged: look at the loss of the last round, or lower the learning rate",
        )
    return vectors


def vectors_of(query: Query, options: DiversityOptions, *, label: str) -> Vectors:
    """Return (slices, d): of every slice of the pool, see :func:`slice_features`, what it is compared by."""
    vectors = slice_features(query, options, label=label)
    if options.components is not None:
        vectors = principal_components(vectors, vectors.mean(axis=0, dtype=np.float64), options.components)
    return unit_length(vectors) if options.unit_length else vectors


def unit_length(vectors: Vectors) -> Vectors:
    """Scale each of (n, d) vectors to length 1; a zero vector stays one."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit


def principal_components(vectors: Vectors, mean: NDArray[np.float64], n_components: int) -> Vectors:
    """Project (n, features) on the ``n_components`` directions of largest variance, about their ``mean`` (features,).

    Exact: from the eigenvectors of the covariance, added up chunk by chunk. There are fewer components where there
    are fewer features. The sign of each makes its largest loading positive.
    """
    chunks = [slice(start, start + _CHUNK) for start in range(0, len(vectors), _CHUNK)]
    covariance = np.zeros((vectors.shape[1], vectors.shape[1]))
    for chunk in chunks:
        centred = vectors[chunk] - mean.astype(np.float32)
        covariance += centred.T @ centred
    directions = np.linalg.eigh(covariance)[1][:, ::-1][:, :n_components]
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.where(np.take_along_axis(directions, largest[None], axis=0) < 0, -1, 1)
    projected = np.empty((len(vectors), directions.shape[1]), np.float32)
    for chunk in chunks:
        projected[chunk] = vectors[chunk] @ directions.astype(np.float32)
    projected -= (mean @ directions).astype(np.float32)
    return projected


def _image_features(query: Query, indices: NDArray[np.int64]) -> Vectors:
    from torch.nn.functional import adaptive_avg_pool2d

    vectors: Vectors | None = None
    for where, images in query.predictor.images(indices):
        cells = adaptive_avg_pool2d(images.float(), GRID).flatten(start_dim=1).cpu().numpy()
        if vectors is None:
            vectors = np.empty((len(indices), cells.shape[1]), np.float32)
        vectors[where] = cells
    return np.empty((0, 1), np.float32) if vectors is None else vectors
