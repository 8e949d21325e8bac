"""How many images fit is found by trying, with as few tries as bisection needs."""

import subprocess
import sys
import textwrap

import pytest
import torch
from alseg_learners.batch_memory import exceeds_memory, largest_that_fits


@pytest.mark.parametrize("room", [0, 1, 2, 31, 62, 63])
def test_the_largest_size_that_fits_is_found(room):
    tried = []

    def attempt(n):
        tried.append(n)
        if n > room:
            raise torch.OutOfMemoryError

    assert largest_that_fits(64, attempt) == room
    assert len(tried) <= 6
    assert max(tried) < 64


def test_other_errors_are_not_taken_for_a_want_of_memory():
    def attempt(n):
        raise RuntimeError("shapes differ")

    assert not exceeds_memory(RuntimeError("shapes differ"))
    with pytest.raises(RuntimeError, match="shapes differ"):
        largest_that_fits(8, attempt)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit on the address space")
def test_a_process_that_runs_out_of_memory_says_what_fits():
    # A convolution keeps 64 channels of 512 x 512 per image, 64 MiB; half a GiB above what is taken holds some, not 32.
    program = """
        import resource
        import psutil
        import torch
        from alcore import AlsegError
        from alseg_learners.optimisation import Optimisation
        from alseg_learners.options import TrainingOptions

        torch.set_num_threads(1)
        model = torch.nn.Sequential(torch.nn.Conv2d(1, 64, 1), torch.nn.ReLU(), torch.nn.Conv2d(64, 1, 1))
        training = Optimisation(model, lambda logits, *_: logits.mean(), TrainingOptions(), 9, torch.device("cpu"))
        training.step(torch.zeros(1, 1, 8, 8), None, None)
        images = torch.zeros(32, 1, 512, 512)
        limit = psutil.Process().memory_info().vms + 2**29
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            training.step(images, images, images)
        except AlsegError as error:
            print(error)
    """
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    assert "a batch of 32 images of 512 x 512 exceeds the memory of cpu; " in result.stdout
    fits = int(result.stdout.split("; ")[1].split()[0])
    assert 1 <= fits <= 8
