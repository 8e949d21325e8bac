"""The data card of a release: what it is, for a reader who has never heard of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from alcore.escapes import markdown_text

_CARD = """# Results of active learning for 3D medical image segmentation

{runs} runs of {strategies} on {datasets}, with the seeds {seeds}. Written by alseg on {made}.

Read it with alseg (`pip install alseg alseg-results`):

```bash
alseg results .
alseg report .
```

or with any reader of Parquet. The column `run` joins the tables.

- `runs.parquet`: a row is a run. `dataset`, `strategy`, `seed`; `config` and `environment` are JSON and hold all
  options, versions and hardware.
- `rounds.parquet`: a row is a round of a run. `labelled` is the number of slices annotated by then; `record` is JSON
  and holds scores, voxels annotated, losses and seconds.
- `scores.parquet`: a row is a score of one scan in a round. `split`, `scan`, `metric`, `class` and `value`, null where
  it is not defined.
- `selections.parquet`: a row is an annotated or pseudo-labelled slice. `round`, `scan`, `position`.
- `benchmark.toml`, only of a benchmark: the grid, and what was decided before the runs.
- `manifest.json`: a checksum of each file. alseg refuses a release that was altered.

It holds no images, no labels and no models. **Scans are named as in the dataset**: see that these names tell nothing of
a patient. Folders of the machine were cut from all values.

What the data says of strategies holds for these datasets, this split of the scans, this model and this training.
{notes}"""


def data_card(facts: Mapping[str, Any], notes: Sequence[str], made: str) -> str:
    """The card, as Markdown.

    Args:
        facts: numbers and names, as in the manifest.
        notes: what was left out, a sentence each.
        made: when.
    """
    listed = {name: markdown_text(", ".join(map(str, facts[name]))) for name in ("datasets", "strategies", "seeds")}
    left_out = "".join(f"- {markdown_text(note)}\n" for note in notes)
    more = f"\n## Left out\n\n{left_out}" if notes else ""
    listed["strategies"] = listed["strategies"] or "training on all labels"
    return _CARD.format(runs=facts["runs"], made=made[:10], notes=more, **listed)
