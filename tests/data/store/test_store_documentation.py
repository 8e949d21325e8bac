"""``docs/slice-store.md`` describes every name that is in a store."""

import re
from pathlib import Path

import h5py

TEXT = (Path(__file__).parents[3] / "docs" / "slice-store.md").read_text(encoding="utf-8")


def test_every_attribute_and_array_of_a_store_is_documented(convert_toy):
    with h5py.File(convert_toy()) as file:
        scan = next(iter(file["scans"].values()))
        names = {*file.attrs, *file, *scan.attrs, *scan, *file["index"], *file["index"]["statistics"]}
    documented = set(re.findall(r"`/?([\w.]+)", TEXT))
    assert names - documented == set()
