"""Keeps the conversations: Rasa's SQL store, tuned for one machine, and able to forget.

SQLite writes ahead (WAL) and syncs once in a while, so that saving a turn does not wait for the disk; after a power cut
the last second may be lost, nothing else. Other databases are left as they are.
"""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import event


class ConversationStore(SQLTrackerStore):
    """`db`: path of the SQLite file, as in Rasa's own store."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _write_ahead)
            self.engine.dispose()  # so that the next connection is made with the setting

    def erase(self, conversation: str) -> int:
        """Deletes every event of the conversation; returns how many there were."""
        with self.session_scope() as session:
            count = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == conversation).delete()
            session.commit()
        return int(count)


def _write_ahead(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
