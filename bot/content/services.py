"""The shape of content/services.yml (who helps) and content/old_services.yml (names that people still use)."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Literal, Optional, Union

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]
from pydantic import BaseModel, Field, HttpUrl, root_validator, validator

from bot.content import numbers
from bot.content.schema import Source, Strict

Wide = Literal["uk", "england", "london"]


class Need(str, Enum):
    """What help is for: the values of the entity `support_need`."""

    EMERGENCY = "emergency"
    REPORT_CRIME = "report-crime"
    REPORT_ANONYMOUSLY = "report-anonymously"
    DOMESTIC_ABUSE = "domestic-abuse"
    SEXUAL_VIOLENCE = "sexual-violence"
    HONOUR_BASED_ABUSE = "honour-based-abuse"
    FORCED_MARRIAGE = "forced-marriage"
    STALKING = "stalking"
    CHILD_SAFETY = "child-safety"
    YOUNG_PEOPLE = "young-people"
    GANGS_COUNTY_LINES = "gangs-county-lines"
    EXPLOITATION = "exploitation-modern-slavery"
    VICTIM_SUPPORT = "victim-support"
    WITNESS = "witness"
    BEREAVED = "bereaved"
    MISSING_PERSON = "missing-person"
    HATE_CRIME = "hate-crime"
    FRAUD = "fraud"
    ONLINE_HARM = "online-harm"
    TERRORISM = "terrorism"
    LOCAL_POLICE = "local-police"
    POLICE_COMPLAINT = "police-complaint"
    STOP_AND_SEARCH = "stop-and-search"
    COMPENSATION = "compensation"
    RESTORATIVE_JUSTICE = "restorative-justice"
    WELLBEING_CRISIS = "wellbeing-crisis"
    HOMELESSNESS = "homelessness"
    PERPETRATOR_CHANGE = "perpetrator-change"
    DRUGS_ALCOHOL = "drugs-alcohol"


class Audience(str, Enum):
    """Whom help is for: the values of the entity `audience`."""

    EVERYONE = "everyone"
    WOMEN = "women"
    MEN = "men"
    CHILDREN = "children"
    YOUNG_PEOPLE = "young-people"
    FAMILIES = "families"
    OLDER_PEOPLE = "older-people"
    LGBT = "lgbt"
    DEAF = "deaf"
    DISABLED = "disabled"
    MIGRANTS = "migrants"
    BLACK_AND_MINORITISED = "black-and-minoritised"
    JEWISH = "jewish"
    MUSLIM = "muslim"
    LATIN_AMERICAN = "latin-american"
    SEX_WORKERS = "sex-workers"


class Hours(Strict):
    """When a line is answered, in London time.

    `when` is written as in OpenStreetMap ("Mo-Fr 09:00-17:00", "24/7"), without bank holidays, which stand in
    `bank_holidays`. `as_of`: the year of evidence that is old, so that people hear it. `note`: what does not fit in `when`.
    """

    when: Optional[str] = None  # noqa: UP045 - pydantic 1 reads this at run time
    bank_holidays: Literal["open", "closed", "unknown"] = "unknown"
    as_of: Optional[str] = None  # noqa: UP045
    note: Optional[str] = Field(default=None, max_length=140)  # noqa: UP045

    @validator("when")
    def can_be_read(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if "PH" in value:
            raise ValueError("bank holidays belong in bank_holidays, not in when")
        try:
            OpeningHours(value)
        except ParserError as error:
            raise ValueError(f"{value!r} is not in the form Mo-Fr 09:00-17:00") from error
        return value

    @property
    def always(self) -> bool:
        return self.when == "24/7"


class Service(Strict):
    """One service. Numbers are written as people read them; None means that none is confirmed.

    `phone_note`, `text_note`: what to press, say or do first. `out_of_hours`: the number for other times. `afterwards`: what
    happens next, for a service that takes reports. `display`: "show" has a contact with a named source; "recheck-first" too, but
    its evidence is old or conflicting, and people are told so; "info-only" has no contact of its own that is confirmed.
    `confirmed`: by how many sources the number is.
    """

    name: str = Field(min_length=2, max_length=70)
    what: str = Field(min_length=5, max_length=160)
    also_called: list[str] = Field(default=[])
    needs: list[Need] = Field(min_items=1)
    audiences: list[Audience] = Field(min_items=1)
    area: Union[Wide, list[str]]  # noqa: UP007
    phone: Optional[str] = None  # noqa: UP045
    phone_note: Optional[str] = Field(default=None, max_length=80)  # noqa: UP045
    out_of_hours: Optional[str] = None  # noqa: UP045
    text: Optional[str] = None  # noqa: UP045
    text_note: Optional[str] = Field(default=None, max_length=80)  # noqa: UP045
    textphone: Optional[str] = None  # noqa: UP045
    relay: Optional[str] = None  # noqa: UP045
    email: Optional[str] = Field(default=None, regex=r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$")  # noqa: UP045
    web: Optional[HttpUrl] = None  # noqa: UP045
    webchat: Optional[str] = Field(default=None, max_length=140)  # noqa: UP045
    hours: Optional[Hours] = None  # noqa: UP045
    cost: Literal["free", "charged", "unknown"] = "unknown"
    languages: list[str] = Field(default=[])
    afterwards: Optional[str] = Field(default=None, max_length=160)  # noqa: UP045
    display: Literal["show", "recheck-first", "info-only"]
    confirmed: Literal["double", "single", "no-number"]
    sources: list[Source] = Field(min_items=1)
    checked: date

    @validator("phone", "out_of_hours", "text", "textphone", "relay")
    def in_uk_format(cls, value: str | None) -> str | None:
        """A number as it is written in this country, so that a digit too many or too few is noticed."""
        if value is None or numbers.is_uk_number(value):
            return value
        raise ValueError(f"{value!r} is not a UK number as people write it (0808 168 9111), nor a known short one")

    @root_validator(skip_on_failure=True)
    def number_and_confirmation_agree(cls, values: dict) -> dict:
        """A number that nobody confirmed is never shown."""
        has_number = bool(values.get("phone") or values.get("text"))
        if has_number and values["confirmed"] == "no-number":
            raise ValueError("has a number, but confirmed says that there is none")
        return values

    @property
    def recheck(self) -> bool:
        return self.display == "recheck-first"


class ServiceFile(BaseModel):
    """content/services.yml: an id to its service."""

    __root__: dict[str, Service]


class OldService(Strict):
    """A name that people still use. `said`: what became of it; `successor`: the id of the service to show instead."""

    name: str = Field(min_length=2)
    also_called: list[str] = Field(default=[])
    said: str = Field(min_length=5, max_length=200)
    successor: Optional[str] = None  # noqa: UP045
    sources: list[Source] = Field(min_items=1)


class OldServiceFile(BaseModel):
    """content/old_services.yml: an id to a service that is gone."""

    __root__: dict[str, OldService]
