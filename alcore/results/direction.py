"""Which way a metric points."""

import re

from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.specs import MetricSpec


def higher_is_better(metric: str, registry: Registry) -> bool:
    """Whether a higher score of ``metric`` is a better one.

    ``dice@0.3`` and ``surface-dice:tolerance=2`` point as ``dice`` and ``surface-dice`` do.

    Raises:
        AlsegError: no installed plugin offers the metric, so that its direction is unknown.
    """
    try:
        spec = registry.get(MetricSpec, re.split("[@:]", metric)[0]).spec
    except AlsegError as error:
        raise AlsegError(
            f"whether a higher {metric} is better is unknown: {error.message}", hint="install the plugin it came from"
        ) from error
    return spec.higher_is_better
