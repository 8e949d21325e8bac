"""Draw what each strategy picks from one small synthetic pool, as SVG files beside this one.

    python docs/strategies/draw.py

The pool has 8 scans (rows) of 24 slices (columns) with one object each, widest in the middle of its scan; the
"model" is less sure in the lower scans, where the three members of its committee see objects of different sizes.
Features place scans in three groups and move with the position.
"""

from pathlib import Path

import numpy as np

from alcore import LabelSpace, Query, Registry, ScoringStrategy, StrategySpec
from alcore.testing.pools import FixedPredictor, synthetic_query

HERE = Path(__file__).parent
N_SCANS, N_SLICES, BUDGET = 8, 24, 8
SIZE, CELL = 16, 18
LABELLED, CHOSEN, GAP = "#1f77b4", "#d62728", "#f2a6a7"


def main() -> None:
    """Draw one picture per built-in strategy, and the two entropies."""
    registry = Registry.installed()
    for component in registry.components(StrategySpec):
        if component.found.distribution == "alseg-strategies":
            strategy = registry.build(component, component.parse_options({}))
            picture = draw_selection(strategy, pool(), component.spec.name)
            (HERE / f"{component.spec.name}.svg").write_text(picture, encoding="utf-8")
    (HERE / "two-entropies.svg").write_text(draw_entropies(), encoding="utf-8")


def pool() -> Query:
    """The pool, with six labelled slices of the upper four scans."""
    rng = np.random.default_rng(7)
    probabilities, features, members = [], [], []
    rows, columns = np.mgrid[:SIZE, :SIZE]
    distance = np.hypot(rows - 7.5, columns - 7.5)
    for scan in range(N_SCANS):
        group = np.array([(0, 0), (14, 0), (0, 14)])[scan % 3]
        for position in range(N_SLICES):
            radius = 7 * np.sin(np.pi * (position + 0.5) / N_SLICES)
            softness = 0.4 + 0.2 * scan
            seen = [1 / (1 + np.exp((distance - radius - shift * softness) / softness)) for shift in (0, -1, 1)]
            maps = [np.stack([1 - foreground, foreground]).astype(np.float32) for foreground in seen]
            probabilities.append(maps[0])
            members.append(np.stack(maps))
            features.append([*(group + rng.normal(scale=1.5, size=2)), 0.3 * position])
    status = np.zeros(N_SCANS * N_SLICES, np.uint8)
    status[[2, 20, 30, 45, 60, 84]] = 1
    predictor = FixedPredictor(probabilities, features=np.array(features, np.float32), members=members)
    paid = {int(index): probabilities[index].argmax(axis=0).astype(np.uint8) for index in np.flatnonzero(status)}
    return synthetic_query(
        [N_SLICES] * N_SCANS,
        budget=BUDGET,
        status=status,
        label_space=LabelSpace.numbered(2),
        predictor=predictor,
        known=paid,
    )


def draw_selection(strategy: object, query: Query, name: str) -> str:
    """One cell per slice: darker for a higher score, blue for labelled, a red number for the order of choice."""
    selection = strategy.select(query)
    shade = np.zeros(len(query.scan))
    if isinstance(strategy, ScoringStrategy):
        scores = strategy.score_slices(query, np.arange(len(query.scan)))
        shade = 0.75 * scores.argsort().argsort() / (len(scores) - 1)
    order = {int(index): k + 1 for k, index in enumerate(selection.indices)}
    between = {index for block in selection.blocks for index in range(block.first + 1, block.last)}
    parts = []
    for index, (scan, position) in enumerate(zip(query.scan, query.position, strict=True)):
        x, y = 60 + int(position) * CELL, 30 + int(scan) * CELL
        grey = round(255 * (1 - shade[index]))
        fill = LABELLED if query.status[index] else GAP if index in between else f"rgb({grey},{grey},{grey})"
        edge = f'stroke="{CHOSEN}" stroke-width="2.5"' if index in order else 'stroke="#bbbbbb" stroke-width="0.5"'
        parts.append(f'<rect x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{CELL - 2}" fill="{fill}" {edge}/>')
        if index in order:
            parts.append(text(x + CELL / 2, y + 13, str(order[index]), fill=CHOSEN, anchor="middle", weight="bold"))
    parts += [text(54, 43 + scan * CELL, f"scan {scan}", anchor="end") for scan in range(N_SCANS)]
    parts.append(text(60, 20, f"{name}: slices of a scan from left to right"))
    return svg(70 + N_SLICES * CELL, 40 + N_SCANS * CELL, parts)


def draw_entropies() -> str:
    """The score of one pixel with 4 classes: p and 1 - p on two of them, nothing on the others."""
    p = np.linspace(0, 1, 201)
    classes = np.stack([p, 1 - p, np.zeros_like(p), np.zeros_like(p)])
    curves = {
        "entropy (the paper's): sum d log d, d = |1/4 - p|": (x_log_x(np.abs(0.25 - classes)).sum(axis=0), CHOSEN),
        "predictive-entropy: -sum p log p": (-x_log_x(classes).sum(axis=0), LABELLED),
    }
    parts = [text(40, 18, "one pixel, 4 classes: (p, 1 - p, 0, 0); each curve scaled to its range")]
    for row, (label, (score, colour)) in enumerate(curves.items()):
        heights = 190 - 120 * (score - score.min()) / (score.max() - score.min())
        points = " ".join(f"{40 + 400 * x:.1f},{y:.1f}" for x, y in zip(p, heights, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(text(40, 36 + 16 * row, label, fill=colour))
    parts.append('<path d="M40 195 H440" stroke="#888888"/>')
    parts += [text(40 + 400 * x, 210, f"{x:g}", anchor="middle") for x in (0, 0.25, 0.5, 0.75, 1)]
    parts.append(text(446, 210, "p"))
    return svg(470, 220, parts)


def x_log_x(x: np.ndarray) -> np.ndarray:
    """Return x log x with 0 log 0 = 0."""
    return x * np.log(np.where(x > 0, x, 1))


def text(
    x: float, y: float, words: str, *, fill: str = "#333333", anchor: str = "start", weight: str = "normal"
) -> str:
    """A piece of text."""
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:g}" y="{y:g}" fill="{fill}" text-anchor="{anchor}" font-weight="{weight}">{words}</text>'


def svg(width: int, height: int, parts: list[str]) -> str:
    """A whole picture on white."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    style = 'font-family="sans-serif" font-size="11"'
    return "\n".join([f"{head} {style}>", '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    main()
