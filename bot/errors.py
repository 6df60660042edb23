"""Every error the assistant raises itself.

PlanError
├── ContentError      a file under content/ is missing or wrong (file, line, reason)
├── SetupError        the machine or the checkout is not ready (says what to do)
├── PackageError      the language package cannot be built or trusted
└── ActionError       an action could not answer
    ├── FactsMissingError  the stored facts hold no such figure or service
    └── OutOfTimeError     the action's time budget ran out
"""

from __future__ import annotations


class PlanError(Exception):
    """Base of all; its message is one line that says what to do."""


class ContentError(PlanError):
    """A content file was refused."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file, self.line, self.reason = file, line, reason
        where = f"{file}, line {line}" if line else file
        super().__init__(f"{where}: {reason}")


class SetupError(PlanError):
    """The machine is not ready: busy port, no model, full disk."""


class PackageError(PlanError):
    """The language package cannot be built, or a checksum differs."""


class ActionError(PlanError):
    """An action could not answer; the person hears an apology."""


class FactsMissingError(ActionError):
    """What was asked for is not among the stored facts."""


class OutOfTimeError(ActionError):
    """The action's time budget ran out."""
