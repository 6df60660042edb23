"""The operators' decisions, as commands read and write them: in the database that the servers use."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.cli import servers
from bot.errors import ServiceStateError
from bot.operations.records import ServiceRecords, Worker
from bot.stores.database import VARIABLE, is_address, open_engine

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.2


def address() -> str:
    """Of the database: TRACKER_DB, or the file that `planbot run` uses."""
    return os.environ.get(VARIABLE, "").strip() or str(servers.database_path())


@contextmanager
def opened() -> Iterator[ServiceRecords]:
    """The records. Raises ServiceStateError when the database does not answer, and SetupError for a wrong address."""
    engine = open_engine(address())
    try:
        records = ServiceRecords(engine)
        records.make_tables()
        yield records
    except SQLAlchemyError as error:
        # the error may hold the address with its password
        raise ServiceStateError(
            f"The database of conversations does not answer ({type(error).__name__}): see that it runs and that {VARIABLE} names "
            "it, then try again. While it is down people hear an apology; to stop at once, stop the servers."
        ) from error
    finally:
        engine.dispose()


def wait_for(
    records: ServiceRecords, is_done: Callable[[Worker], bool], seconds: float
) -> tuple[list[Worker], list[Worker]]:
    """The workers that are done and those that are not, when all are, or time is up."""
    ends = time.monotonic() + seconds
    while True:
        workers = records.workers()
        late = [worker for worker in workers if not is_done(worker)]
        if not late or time.monotonic() > ends:
            return [worker for worker in workers if is_done(worker)], late
        time.sleep(PAUSE_SECONDS)


def models_in_use() -> set[str]:
    """The models that workers serve or an operator chose; none when that cannot be found out."""
    where = address()
    if not is_address(where) and not Path(where).exists():
        return set()
    try:
        with opened() as records:
            choice = records.read().choice
            return {worker.model for worker in records.workers()} | ({choice.model} if choice else set())
    except ServiceStateError as error:
        log.warning("%s", error)
        return set()
