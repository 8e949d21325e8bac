"""Ctrl-C is kept out of what it would break, and is never lost."""

import signal
import threading

import pytest

from alcore.interrupts import interrupts_wait


@pytest.fixture(autouse=True)
def as_a_command_finds_it():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_for_the_end_of_the_block():
    done = []

    @interrupts_wait()
    def write():
        done.append("begun")
        signal.raise_signal(signal.SIGINT)
        done.append("written")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert done == ["begun", "written"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_outlives_an_error_of_the_block():
    @interrupts_wait()
    def write():
        signal.raise_signal(signal.SIGINT)
        raise ValueError("the disk is full")

    with pytest.raises(KeyboardInterrupt) as raised:
        write()
    assert isinstance(raised.value.__context__, ValueError)


def test_a_second_interrupt_does_not_wait():
    done = []

    @interrupts_wait()
    def write():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        done.append("went on")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert not done


def test_a_block_without_an_interrupt_and_one_in_another_thread_change_nothing():
    with interrupts_wait():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    handlers = []

    @interrupts_wait()
    def elsewhere():
        handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


def test_an_interrupt_that_is_ignored_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with interrupts_wait():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
