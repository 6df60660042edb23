"""Every error the assistant raises itself.

PlanError
├── ContentError      a file under content/ is missing or wrong (file, line, reason)
├── SetupError        the machine or the checkout is not ready (says what to do)
├── PackageError      the language package cannot be built or trusted
├── KeptOutError      PLAN_LEAN=1 keeps out what was asked for
├── RefusedFileError  a published file of figures cannot be taken in (reason)
├── RequestError      a request to the web channel cannot be answered
│   ├── BadRequestError      it is not what the channel understands
│   ├── ConversationIdError  its id was not given out here
│   ├── ExpiredIdError       its conversation has expired or was ended
│   └── BusyChannelError     there is no answer just now
├── DeliveryError     a platform did not take an answer
├── SharedStateError  what several workers share cannot be reached
├── ModelRefusedError a model may not be loaded, or may not serve (says what to do)
├── RetentionError    what is kept could not be deleted
├── ServiceStateError what operators decide cannot be read or kept
└── ActionError       an action could not answer
    ├── FactsMissingError  the stored facts hold no such figure or service
    ├── StoreError         the store of figures cannot be read or written
    ├── OutOfTimeError     the action's time budget ran out
    ├── ActionServerError  the action server gave no answer
    ├── SourceError        a public service gave nothing to answer from
    │   ├── SourceUnavailableError  it is down, too busy or too slow
    │   │   └── TooLargeError       so it says (503) of a question that can be asked in parts
    │   ├── SourceRefusedError      it refused the question (status, body)
    │   └── BadAnswerError          what it sent cannot be trusted
    └── PostcodeError      the postcode leads nowhere
        ├── InvalidPostcodeError     no postcode looks like this
        ├── UnknownPostcodeError     it looks right, and there is none
        └── TerminatedPostcodeError  it is no longer in use (year, month)
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


class KeptOutError(PlanError, ModuleNotFoundError):
    """PLAN_LEAN=1 keeps out what something needs; to an import, a module that is not there. `name`: of a module, or in one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is kept out by PLAN_LEAN=1, and something needs it: unset PLAN_LEAN and start again.")
        self.name = name


class SharedStateError(PlanError):
    """Redis does not answer: go by what this worker knows itself."""


class ModelRefusedError(PlanError):
    """A model may not be loaded, or may not serve. `name`: of the model; `reason`: why, and what to do."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"The model {name} was refused: {reason}.")


class RetentionError(PlanError):
    """A store did not answer while something was to be deleted from it."""


class ServiceStateError(PlanError):
    """The database that keeps the switch, the notice and the choice of a model does not answer."""


class RefusedFileError(PlanError):
    """A published file of figures is not what it should be; the last good edition stays. `reason`: one short sentence."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class RequestError(PlanError):
    """A request to the web channel cannot be answered. Messages never repeat what was sent."""


class BadRequestError(RequestError):
    """Not JSON, or other fields than the channel understands."""


class ConversationIdError(RequestError):
    """The id is forged, damaged, or of another conversation."""


class ExpiredIdError(RequestError):
    """The conversation is over: start a new one."""


class BusyChannelError(RequestError):
    """No answer just now; the message is for people. `too_fast`: because they sent too much at once."""

    def __init__(self, message: str, *, too_fast: bool = False) -> None:
        self.too_fast = too_fast
        super().__init__(message)


class DeliveryError(PlanError):
    """A messaging platform did not take an answer. `lasting`: it never will; `wait`: seconds that it asks to wait.

    The message names neither the person nor a secret.
    """

    def __init__(self, message: str, *, lasting: bool = False, wait: float | None = None) -> None:
        self.lasting, self.wait = lasting, wait
        super().__init__(message)


class ActionError(PlanError):
    """An action could not answer; the person hears an apology."""


class FactsMissingError(ActionError):
    """What was asked for is not among the stored facts."""


class StoreError(ActionError):
    """The store of figures cannot be read or written."""


class OutOfTimeError(ActionError):
    """The action's time budget ran out."""


class ActionServerError(ActionError):
    """The action server gave no answer that can be used. Its message holds nothing of the conversation."""


class SourceError(ActionError):
    """A public service gave nothing to answer from. No message of these names a postcode: messages are logged."""


class SourceUnavailableError(SourceError):
    """The service is down, too busy or too slow: say so, and use what is stored."""


class TooLargeError(SourceUnavailableError):
    """The service cannot answer for so much at once, or at all: ask for parts of it."""


class SourceRefusedError(SourceError):
    """The service refused the question, and would again. `body`: its JSON, or None when it sent none."""

    def __init__(self, message: str, status: int, body: object = None) -> None:
        self.status, self.body = status, body
        super().__init__(message)


class BadAnswerError(SourceError):
    """The service sent something else than what it promises: HTML, half an answer, fields missing."""


class PostcodeError(ActionError):
    """The postcode leads nowhere; the person can be asked for another."""


class InvalidPostcodeError(PostcodeError):
    """No postcode looks like this."""


class UnknownPostcodeError(PostcodeError):
    """It looks like a postcode, and there is none."""


class TerminatedPostcodeError(PostcodeError):
    """It was a postcode until `month` (1 to 12) of `year`; None where the source does not say."""

    def __init__(self, message: str, year: int | None = None, month: int | None = None) -> None:
        self.year, self.month = year, month
        super().__init__(message)
