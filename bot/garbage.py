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
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """A model was taken out: looks at everything again, and returns free memory to the system where the C library can do that."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
