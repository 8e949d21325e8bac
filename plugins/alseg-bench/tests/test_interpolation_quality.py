"""The quality of pseudo-labels: hand-worked scores, and the paper's table 10 on the real scans."""

import json
from pathlib import Path

import numpy as np
import pytest
from alseg.main import cli
from alseg_bench.interpolation import measure_quality, published_rows
from alseg_bench.interpolation.measure import _score_scan
from alseg_bench.interpolation.quality import Job
from alseg_bench.interpolation.scores import dice_per_class, published_score
from click.testing import CliRunner

from alcore import AlsegError, InterpolatorSpec, LabelSpace
from alcore.conversion.ensure import ensure_store
from alcore.registry import Registry

HIPPOCAMPUS = Path(__file__).parents[4] / "shared" / "data" / "Task04_Hippocampus"


def rows(*values):
    return np.array(values, np.uint8)[:, None, :]


def test_dice_leaves_out_background_absent_classes_and_ignored_voxels():
    filled, truth = rows([1, 1, 0, 2, 0]), rows([1, 0, 0, 2, 255])
    dice = dice_per_class(filled, truth, np.array([1, 2, 3]), multi_label=False)
    np.testing.assert_allclose(dice, [2 / 3, 1, np.nan])


def test_dice_of_multi_label_data_is_by_channel():
    filled, truth = np.array([[[[1, 1]], [[1, 0]]]], np.uint8), np.array([[[[1, 0]], [[1, 1]]]], np.uint8)
    np.testing.assert_allclose(dice_per_class(filled, truth, np.arange(2), multi_label=True), [2 / 3, 2 / 3])


def test_the_published_score_compares_with_the_wrong_slices_and_counts_background():
    block = rows([1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0])
    downwards = rows([1, 0, 0, 0], [1, 1, 0, 0])
    # Compared with slices 0 and 1 instead of 2 and 1: foreground 1 + 2 of 3 + 5 voxels, background 1 + 2 of 5 + 3.
    assert published_score(downwards, block, 2) == pytest.approx(((2 * 3) / (3 + 5) + (2 * 3) / (5 + 3)) / 2)
    assert published_score(downwards, block, 3) == 1.0


def test_every_full_block_is_scored_and_a_block_that_cannot_be_interpolated_is_counted():
    label = np.zeros((6, 8, 8), np.uint8)
    label[:4, 2:6, 2:6] = 1
    interpolator = Registry.installed().get(InterpolatorSpec, "signed-distance")
    interpolator = interpolator.build(interpolator.parse_options({}))
    scores = _score_scan(label, Job("signed-distance", 3, False), interpolator, LabelSpace.numbered(2))
    # Blocks start at 0 to 3: two within the object, two with one end outside it.
    assert scores.failed.tolist() == [False, False, True, True]
    np.testing.assert_allclose(scores.dice[:, 0], [1, 1, np.nan, np.nan])


def test_the_published_rows_of_an_unknown_dataset_are_none():
    assert published_rows("phantom") == []
    assert len(published_rows("hippocampus")) == 4


@pytest.fixture(scope="module")
def phantom(tmp_path_factory):
    return ensure_store("phantom", Registry.installed(), folder=tmp_path_factory.mktemp("stores"))


def test_processes_do_not_change_the_figures(phantom):
    one, two = (
        measure_quality(phantom, Registry.installed(), ["signed-distance"], [3, 5], processes=n) for n in (1, 2)
    )
    for ours, theirs in zip(one, two, strict=True):
        assert ours.n_blocks > 0
        assert (ours.dice_mean, ours.n_failed) == (theirs.dice_mean, theirs.n_failed)


def test_the_command_reports_each_interpolator_and_block_size(phantom):
    arguments = ["bench", "interpolation", "--dataset", str(phantom), "--block-size", "3,5", "--jobs", "1", "--json"]
    result = CliRunner().invoke(cli, [*arguments, "--interpolator", "signed-distance"], catch_exceptions=False)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert [(row["interpolator"], row["block_size"]) for row in report] == [
        ("signed-distance", 3),
        ("signed-distance", 5),
    ]


@pytest.mark.parametrize(
    ("interpolators", "sizes", "message"),
    [(["signed-distnce"], [5], "signed-distnce"), (["signed-distance"], [2], "2")],
)
def test_a_wrong_name_or_size_is_an_error_before_anything_is_computed(phantom, interpolators, sizes, message):
    with pytest.raises(AlsegError, match=message):
        measure_quality(phantom, Registry.installed(), interpolators, sizes)


@pytest.mark.real_data
@pytest.mark.skipif(not HIPPOCAMPUS.is_dir(), reason="the hippocampus scans are not there")
def test_table_10_of_the_paper_is_reproduced_with_its_faults(tmp_path):
    store = tmp_path / "hippocampus.h5"
    arguments = ["data", "convert", "hippocampus", "--source", str(HIPPOCAMPUS), "--data-dir", str(tmp_path)]
    assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0
    rows = published_rows("hippocampus")
    measured = measure_quality(
        store,
        Registry.installed(),
        ["signed-distance", "morphological-contour"],
        [5, 10],
        as_published=True,
        processes=2,
    )
    assert len(rows) == len(measured) == 4
    for row, quality in zip(rows, measured, strict=True):
        assert (quality.job.interpolator, quality.job.block_size) == (row.interpolator, row.block_size)
        assert quality.dice_mean == pytest.approx(row.dice_mean, abs=0.01)
        assert quality.dice_std == pytest.approx(row.dice_std, abs=0.01)


def test_what_has_no_figure_is_null_in_json_and_sizes_may_come_from_a_generator(tmp_path, monkeypatch):
    monkeypatch.setenv("ALSEG_DATA_DIR", str(tmp_path))
    registry = Registry.installed()
    path = ensure_store("phantom", registry, options={"scans": 6})
    (quality,) = measure_quality(path, registry, (name for name in ["signed-distance"]), (size for size in [500]))
    told = json.loads(json.dumps(quality.as_json(), allow_nan=False))
    assert (told["blocks"], told["dice_mean"], told["seconds_per_block"]) == (0, None, None)
    assert set(told["class_means"].values()) == {None}
