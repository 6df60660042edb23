"""What the web channel keeps beside the conversations, in the same database: which were ended, and what people found helpful."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import sqlalchemy as sa

from bot.stores.database import single
from bot.stores.prepared import Prepared

metadata = sa.MetaData()
ENDED = sa.Table(
    "web_ended",
    metadata,
    sa.Column("sender", sa.String(255), primary_key=True),
    sa.Column("until", sa.Float, index=True),
)
FEEDBACK = sa.Table(
    "web_feedback",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender", sa.String(255), index=True),
    sa.Column("answer", sa.String(255)),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("comment", sa.Text),
    sa.Column("day", sa.Date, nullable=False, index=True),
)
# whether an answer helped is worth knowing, and says nothing of a person; their words do
UNLINKED = {"sender": None, "answer": None, "comment": None}

IS_ENDED = Prepared("SELECT 1 FROM web_ended WHERE sender = :sender", {"sender": "varchar"})


class Records:
    """`engine`: the tracker store's. Every method is one short transaction."""

    def __init__(self, engine: sa.engine.Engine) -> None:
        self._engine, self._single = engine, single(engine)
        try:
            metadata.create_all(engine)
        except sa.exc.DBAPIError:
            # another server has made them between our look and our own making
            metadata.create_all(engine)

    def end(self, sender: str, expires: float) -> None:
        """The conversation is over: its id opens nothing from now on, and what its person wrote about answers is unlinked."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(ENDED).where(ENDED.c.until < time.time()))
            connection.execute(sa.delete(ENDED).where(ENDED.c.sender == sender))
            connection.execute(sa.insert(ENDED).values(sender=sender, until=expires))
            connection.execute(sa.update(FEEDBACK).where(FEEDBACK.c.sender == sender).values(**UNLINKED))

    def unlink(self, sender: str) -> None:
        """The conversation was deleted and may go on: what its person wrote about answers goes too."""
        with self._engine.begin() as connection:
            connection.execute(sa.update(FEEDBACK).where(FEEDBACK.c.sender == sender).values(**UNLINKED))

    def is_ended(self, sender: str) -> bool:
        """Whether the conversation was ended."""
        with self._single.connect() as connection:
            return IS_ENDED.run(connection, sender=sender).first() is not None

    def tell(self, sender: str, answer: str, name: str, helpful: bool, comment: str | None) -> None:
        """Keeps what was said of an answer; said again, it replaces what was said before."""
        today = datetime.now(timezone.utc).date()
        with self._engine.begin() as connection:
            same = (FEEDBACK.c.sender == sender) & (FEEDBACK.c.answer == answer)
            connection.execute(sa.delete(FEEDBACK).where(same))
            row = {
                "sender": sender,
                "answer": answer,
                "name": name,
                "helpful": helpful,
                "comment": comment,
                "day": today,
            }
            connection.execute(sa.insert(FEEDBACK).values(**row))
