"""What a plugin's code does is its own: what would end alseg, what it changes for everybody, what it raises."""

import os
import signal
import time

import pytest
import torch

from alcore import AlsegError
from alcore.guards.plugin_code import plugin_code


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, BaseException])
def test_what_would_end_alseg_is_the_plugins_fault(kind):
    with (
        pytest.raises(AlsegError, match=f"the evil one tried to end alseg by {kind.__name__}"),
        plugin_code("the evil one"),
    ):
        raise kind


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)


def test_ctrl_c_is_the_users():
    with pytest.raises(KeyboardInterrupt), plugin_code("the innocent one"):
        press_ctrl_c()


def test_other_errors_pass_with_a_note_of_whose_they_are():
    with pytest.raises(ZeroDivisionError) as caught, plugin_code("the outer one"), plugin_code("the inner one"):
        _ = 1 / 0
    assert caught.value.__notes__ == ["raised in the inner one"]


def test_the_state_of_torch_is_set_back_and_told(caplog):
    threads = torch.get_num_threads()
    with plugin_code("the meddler"):
        torch.set_default_dtype(torch.float64)
        torch.set_num_threads(threads + 1)
        torch.backends.cudnn.benchmark = True
        mode = torch.inference_mode()
        mode.__enter__()
    assert torch.get_default_dtype() == torch.float32
    assert torch.get_num_threads() == threads
    assert not torch.backends.cudnn.benchmark
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()
    (torch.ones(1, requires_grad=True) * 2).sum().backward()
    for changed in ("default dtype", "inference mode", "cudnn flags", "number of threads"):
        assert changed in caplog.text
