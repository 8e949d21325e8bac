"""The page of a store: everything on it, nothing beside it."""

import base64
import dataclasses
from html.parser import HTMLParser

import numpy as np
import pytest
import SimpleITK as sitk

from alcore import AlsegError
from alcore.drawing.page import write_page
from alcore.store.describe import describe_store


class Page(HTMLParser):
    """Collects the text, the pictures and every address of a page."""

    def __init__(self, path):
        super().__init__()
        self.words, self.addresses, self.open = [], [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


@pytest.fixture
def odd_store(toy, convert_toy):
    """A store with something to warn of, and names that HTML could take for its own."""
    names = list(toy.scans)
    toy.listing = dataclasses.replace(toy.listing, class_names=("background", "<b>organ</b>", "tumour & rim"))
    toy.scans[names[2]] = dataclasses.replace(toy.scans[names[2]], warnings=("image and label differ in direction",))
    toy.scans[names[4]] = dataclasses.replace(toy.scans[names[3]])
    return convert_toy()


def test_the_page_says_what_data_info_says_and_needs_nothing_beside_it(odd_store, tmp_path):
    path = write_page(odd_store, tmp_path / "new" / "pages")
    assert path == tmp_path / "new" / "pages" / "toy.html"
    page, described = Page(path), describe_store(odd_store)
    assert page.open == []
    assert len(page.addresses) == 6
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    assert "url(" not in path.read_text(encoding="utf-8")
    for warning in described.warnings:
        assert warning in page.text
    for name, share in described.class_shares.items():
        assert f"{name} {share:.1%}" in page.text
    for words in ("train 4", "validation 2", "slice spacing, mm 3 3 3", "Intensities, PET", "percentile 99.5"):
        assert words in page.text
    assert described.fingerprint in page.text


def test_pictures_are_the_scans_from_least_to_most_foreground(toy, odd_store, tmp_path):
    told = []
    page = Page(write_page(odd_store, tmp_path, pictures=2, progress=lambda *step: told.append(step)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    share = {name: float(np.mean(scan.label > 0)) for name, scan in toy.scans.items()}
    least, most = min(share, key=share.get), max(share, key=share.get)
    assert page.text.index(f"{least} ·") < page.text.index(f"{most} ·")
    (tmp_path / "picture.png").write_bytes(base64.b64decode(page.addresses[0].split(",")[1]))
    assert sitk.ReadImage(str(tmp_path / "picture.png")).GetNumberOfComponentsPerPixel() == 3
    assert Page(write_page(odd_store, tmp_path, pictures=0)).addresses == []


def test_statistics_of_no_voxels_and_splits_without_scans_leave_the_page_whole(toy, convert_toy, tmp_path):
    for name, scan in toy.scans.items():
        toy.scans[name] = dataclasses.replace(scan, image=np.full_like(scan.image, -1))
    page = Page(write_page(convert_toy(), tmp_path, pictures=1))
    assert "mean positive – – –" in page.text


def test_a_folder_that_cannot_be_written_is_an_error(convert_toy, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AlsegError, match="cannot be written"):
        write_page(convert_toy(), tmp_path / "file")
