"""When Python looks for garbage. A whole look at a loaded model takes most of a second, in which nobody is answered.

What is there once a server has started stays for good, so it is left out of every later look.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc


def hold() -> None:
    """No looks while a server starts: what it makes then, it keeps."""
    gc.disable()


def settle() -> None:
    """The server has started: one look at everything, and from now on only at what is newer."""
    gc.enable()
    _leave_out()


def give_back() -> None:
    """A model was taken out: looks at everything again, and returns free memory to the system where the C library can do that."""
    gc.unfreeze()
    _leave_out()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _leave_out() -> None:
    gc.collect()
    gc.freeze()
    # looks come as what is kept has grown by a fourth: this one makes Python count from what is left in
    gc.collect()
