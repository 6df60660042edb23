"""The tables that the messaging channels keep beside the conversations, in the same database."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
DELIVERIES = sa.Table(
    "channel_deliveries",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
)
INBOX = sa.Table(
    "channel_inbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("sender", sa.String(255), nullable=False, index=True),
    sa.Column("turn", sa.String(64)),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("until", sa.Float, nullable=False, index=True),
    # the numbers are the order of arrival, so none is used again
    sqlite_autoincrement=True,
)
PEOPLE = sa.Table(
    "channel_people",
    metadata,
    sa.Column("sender", sa.String(255), primary_key=True),
    sa.Column("worker", sa.String(32)),
    sa.Column("taken_from", sa.String(32)),
    sa.Column("counts", sa.Text),
    sa.Column("said", sa.Text),
    sa.Column("said_until", sa.Float, index=True),
    sa.Column("until", sa.Float, nullable=False, index=True),
)
WORKERS = sa.Table(
    "channel_workers",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("beat", sa.BigInteger, nullable=False),
)
REST = sa.Table(
    "channel_rest",
    metadata,
    sa.Column("sender", sa.String(255), primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("until", sa.Float, nullable=False, index=True),
)
OUTBOX = sa.Table(
    "channel_outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("channel", sa.String(32), nullable=False, index=True),
    sa.Column("sender", sa.String(255), nullable=False, index=True),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("due", sa.Float, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("held", sa.Float, nullable=False),
    sa.Column("until", sa.Float, nullable=False, index=True),
    # a number that is used again would let one server delete what another has just put there
    sqlite_autoincrement=True,
)


def make(engine: sa.engine.Engine) -> None:
    """Makes those that are not there yet."""
    for left in reversed(range(2 * len(metadata.tables))):
        try:
            metadata.create_all(engine)
            return
        except sa.exc.DBAPIError:
            # another server made one of them between our look and our own making
            if not left:
                raise
