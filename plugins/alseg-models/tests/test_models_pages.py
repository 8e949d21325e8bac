"""The pages on models and losses keep up with what is offered."""

import re
from pathlib import Path

from alseg_models.plugin import register_losses, register_models

DOCS = Path(__file__).parents[3] / "docs"


def names_in_table(page):
    return set(re.findall(r"^\| `([\w-]+)` \|", (DOCS / page).read_text("utf-8"), re.MULTILINE))


def test_every_model_has_its_line_on_the_page():
    assert {spec.name for spec in register_models()} <= names_in_table("models.md")


def test_every_loss_has_its_line_on_the_page():
    assert {spec.name for spec in register_losses()} == names_in_table("losses.md")
