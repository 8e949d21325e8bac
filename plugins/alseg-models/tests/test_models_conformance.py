"""The built-in networks and losses pass the published checks, in every variant."""

import pytest
import torch
from alseg_models.plugin import register_losses, register_models

from alcore.testing import check_loss, check_model

VARIANTS = [
    {},
    {"norm": "instance", "upsampling": "interpolation"},
    {"norm": "group", "groups": 2, "residual": True, "dropout": 0.2},
    {"levels": 1},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_the_unet_passes_the_model_check(variant):
    torch.set_num_threads(1)
    (spec,) = register_models()
    check_model(spec, spec.options(**{"features": 4, "levels": 3, **variant}))


@pytest.mark.parametrize("spec", list(register_losses()), ids=lambda spec: spec.name)
def test_a_loss_passes_the_loss_check(spec):
    torch.set_num_threads(1)
    check_loss(spec)
    if "batch" in spec.options.model_fields:
        check_loss(spec, spec.options(batch=True, include_background=True))
