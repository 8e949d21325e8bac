"""Where the Decathlon is downloaded from, and the whole way from a server to a store."""

import hashlib
import http.server
import tarfile
import threading
import urllib.parse
from functools import partial

import pytest
from alseg.main import main
from alseg_datasets.tasks import TASKS

from alcore import AlsegError, DatasetSpec, Registry, SliceStore
from alcore.acquisition.fetch import Place, archive_of

REGISTRY = Registry.installed()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_each_task_names_its_official_archive_with_checksum_and_licence(task):
    archive = archive_of(REGISTRY.get(DatasetSpec, task.name))
    assert archive.folder == task.folder
    assert all(url.startswith("https://") and url.endswith(f"/{task.folder}.tar") for url in archive.urls)
    assert len(bytes.fromhex(archive.md5)) == 16
    assert "CC BY-SA 4.0" in archive.licence


def test_a_mirror_is_an_archive_or_the_folder_that_holds_it():
    heart = REGISTRY.get(DatasetSpec, "heart")
    for mirror in ("http://host/msd", "http://host/msd/", "http://host/msd/Task02_Heart.tar"):
        assert archive_of(heart, Place(mirror)).urls == ("http://host/msd/Task02_Heart.tar",)
    with pytest.raises(AlsegError, match="no address that begins with https"):
        archive_of(heart, Place("file:///etc"))


def test_a_file_of_ones_own_says_where_archives_are(tmp_path):
    heart, file = REGISTRY.get(DatasetSpec, "heart"), tmp_path / "own.toml"
    file.write_text('[heart]\nurls = ["http://host/h.tgz"]\nmd5 = ""\nfolder = "heart"\n')
    archive = archive_of(heart, Place(file=file))
    assert (archive.urls, archive.md5, archive.folder) == (("http://host/h.tgz",), "", "heart")
    for text, sentence in (
        ("[liver]\nurls = ['http://x/y.tar']", "has no table 'heart'"),
        ("[heart]\nurls = []", r"heart\.urls"),
        ("[heart]\nurl = 'http://x'", r"heart\.url"),
        ("[heart]\nurls = ['http://x/y.tar']\nmd5 = 'short'", r"heart\.md5"),
        ("heart =", "cannot be read as TOML"),
    ):
        file.write_text(text)
        with pytest.raises(AlsegError, match=sentence):
            archive_of(heart, Place(file=file))


def test_a_dataset_without_an_archive_says_how_to_go_on():
    with pytest.raises(AlsegError, match="cannot be downloaded") as caught:
        archive_of(REGISTRY.get(DatasetSpec, "bcss"))
    assert "--source" in caught.value.hint


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def test_alseg_data_fetch_goes_from_a_server_to_a_store(decathlon_folder, tmp_path, monkeypatch, capsys):
    folder = decathlon_folder("Task02_Heart")
    served = tmp_path / "served ü"
    served.mkdir()
    with tarfile.open(served / "Task02_Heart.tar", "w") as tar:
        tar.add(folder.root, "Task02_Heart")
    md5 = hashlib.md5((served / "Task02_Heart.tar").read_bytes()).hexdigest()
    monkeypatch.setenv("ALSEG_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["alseg", "data", "fetch", "heart", "--jobs", "1", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        output = capsys.readouterr()
        return left.value.code or 0, output.out, output.err

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        mirror = f"http://127.0.0.1:{server.server_port}/{urllib.parse.quote(served.name)}"
        status, _, stderr = run("--mirror", mirror)  # the generated archive has not the official checksum
        assert (status, "has the checksum" in stderr) == (2, True)
        own = tmp_path / "own.toml"
        own.write_text(f'[heart]\nurls = ["{mirror}/Task02_Heart.tar"]\nmd5 = "{md5}"\n')
        status, stdout, stderr = run("--archives", str(own), "--test-fraction", "0.3")
        server.shutdown()
    assert status == 0, stderr
    assert "licence: CC BY-SA 4.0" in stderr
    assert "slices of 3 train, 2 validation, 1 test scans" in stdout
    with SliceStore.open(tmp_path / "data" / "heart.h5") as store:
        assert store.scans.ids == tuple(folder.names)
    assert (tmp_path / "data" / "sources" / "Task02_Heart" / "dataset.json").is_file()
    status, _, stderr = run("--archives", str(own))
    assert (status, "exists already" in stderr) == (2, True)
