"""What is asked of the tables of messaging channels at every message (inbox.py, records.py); their columns are in tables.py."""

from __future__ import annotations

from bot.stores.prepared import Prepared

NOTE_DELIVERY = Prepared(
    "INSERT INTO channel_deliveries (key, at) VALUES (:key, :at) ON CONFLICT (key) DO NOTHING",
    {"key": "varchar", "at": "float8"},
)
PUT = Prepared(
    """
    INSERT INTO channel_inbox (key, channel, sender, sealed, at, until)
    VALUES (:key, :channel, :sender, :sealed, :at, :until) RETURNING id
    """,
    {"key": "varchar", "channel": "varchar", "sender": "varchar", "sealed": "text", "at": "float8", "until": "float8"},
)
# a worker that has finished with a person leaves nobody's name; `taken_from` is one that did not get so far
CLAIM = Prepared(
    """
    INSERT INTO channel_people (sender, worker, until) VALUES (:sender, :worker, :until)
    ON CONFLICT (sender) DO UPDATE
    SET taken_from = channel_people.worker, worker = excluded.worker, until = excluded.until
    WHERE channel_people.worker IS NULL OR channel_people.worker = excluded.worker
    OR channel_people.worker NOT IN (SELECT id FROM channel_workers)
    RETURNING taken_from, counts, said,
    EXISTS (SELECT 1 FROM channel_outbox o WHERE o.sender = :sender AND o.until >= :now)
    """,
    {"sender": "varchar", "worker": "varchar", "until": "float8", "now": "float8"},
)
LEAVE_PERSON = Prepared(
    """
    UPDATE channel_people SET worker = NULL, counts = :counts, said = :said, said_until = :said_until, until = :until
    WHERE sender = :sender AND worker = :worker
    """,
    {
        "counts": "text", "said": "text", "said_until": "float8", "until": "float8", "sender": "varchar", "worker": "varchar",
    },
)  # fmt: skip
KEEP_PERSON = Prepared(
    "UPDATE channel_people SET worker = :worker WHERE sender = :sender", {"worker": "varchar", "sender": "varchar"}
)
LETTERS_OF = Prepared(
    "SELECT id, key, turn, sealed, at, until FROM channel_inbox WHERE sender = :sender ORDER BY id",
    {"sender": "varchar"},
)
TAKE_OUT = Prepared("DELETE FROM channel_inbox WHERE key = :taken", {"taken": "varchar"})
UNSEEN = Prepared(
    """
    SELECT i.sender, i.key FROM channel_inbox i LEFT JOIN channel_people p ON p.sender = i.sender
    WHERE i.channel = :channel
    AND (p.worker IS NULL OR p.worker = :worker OR p.worker NOT IN (SELECT id FROM channel_workers))
    ORDER BY i.id LIMIT 5000
    """,
    {"channel": "varchar", "worker": "varchar"},
)
BEAT = Prepared("UPDATE channel_workers SET beat = beat + 1 WHERE id = :worker", {"worker": "varchar"})
OTHERS = Prepared(
    "SELECT id, beat FROM channel_workers WHERE channel = :channel AND id <> :worker",
    {"channel": "varchar", "worker": "varchar"},
)
BURY = Prepared(
    "DELETE FROM channel_workers WHERE id = :worker AND beat = :beat", {"worker": "varchar", "beat": "bigint"}
)
REST_OF = Prepared("SELECT sealed, until FROM channel_rest WHERE sender = :sender", {"sender": "varchar"})
IS_WAITING = Prepared(
    "SELECT 1 FROM channel_outbox WHERE sender = :sender AND until >= :now LIMIT 1",
    {"sender": "varchar", "now": "float8"},
)
