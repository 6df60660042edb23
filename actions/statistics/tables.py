"""The tables of the statistics store, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

TABLES = MetaData()

sources = Table(
    "statistics_sources",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    UniqueConstraint("title", "url"),
)

# One row a figure. `origin` names what brought it (the project's own file, or a published file), so that it is replaced whole.
figures = Table(
    "statistics_figures",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("origin", String(80), nullable=False, index=True),
    Column("measure", String(60), nullable=False),
    Column("area", String(60), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("period_type", String(20), nullable=False),
    Column("value", Float, nullable=False),
    Column("unit", String(40), nullable=False),
    Column("source_id", Integer, ForeignKey(sources.c.id), nullable=False),
    Column("published", Date),
    Column("provisional", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
    Index("statistics_by_area", "measure", "area", "first_day"),
    Index("statistics_by_period", "measure", "period_type", "first_day", "last_day"),
)

# People who live in an area on a day: what a rate is taken of.
populations = Table(
    "statistics_populations",
    TABLES,
    Column("area", String(60), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("value", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
)

# What each origin was when it was taken in.
editions = Table(
    "statistics_editions",
    TABLES,
    Column("origin", String(80), primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("checksum", String(64), nullable=False),
    Column("loaded", DateTime, nullable=False),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("rows", Integer, nullable=False),
    Column("total", Float, nullable=False),
)
