"""Where documents go: PLAN_EVENTS, an address of RabbitMQ or Kafka; unset, nowhere."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from bot.errors import SetupError

VARIABLE = "PLAN_EVENTS"
FORMS = "write amqp://user:password@host:5672/vhost?exchange=plan or kafka://host:9092/topic, or unset it."
NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?")
TLS_FILES = {"ca": "cafile", "certificate": "certfile", "key": "keyfile"}
KAFKA_FILES = {"ca": "ssl.ca.location", "certificate": "ssl.certificate.location", "key": "ssl.key.location"}
SECURITY = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True)
class RabbitAddress:
    """`url`: for the client library, password included; `queue`: one to make and bind, or None."""

    url: str = field(repr=False)
    exchange: str
    queue: str | None


@dataclass(frozen=True)
class KafkaAddress:
    """`servers`: host:port, separated by commas; `settings`: librdkafka's, password included."""

    servers: str
    topic: str
    settings: dict[str, str] = field(repr=False)


def from_environment() -> RabbitAddress | KafkaAddress | None:
    """What PLAN_EVENTS names; None when it is not set. Raises SetupError, which never repeats a password."""
    text = os.environ.get(VARIABLE, "").strip()
    return read(text) if text else None


def read(text: str) -> RabbitAddress | KafkaAddress:
    """The address that is written so. Raises SetupError."""
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise _wrong("is no address of a broker") from error
    if parts.fragment:
        raise _wrong("has a # in it: write it as %23")
    if parts.scheme in ("amqp", "amqps"):
        return _rabbit(parts, options)
    if parts.scheme == "kafka":
        return _kafka(parts, options)
    raise _wrong("is no address of a broker")


def _rabbit(parts: SplitResult, options: dict[str, str]) -> RabbitAddress:
    _refuse_others(options, {"exchange", "queue", *TLS_FILES})
    try:
        right = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if not right or "/" in parts.path[1:]:
        raise _wrong("is no address of a broker")
    exchange, queue = options.pop("exchange", "plan"), options.pop("queue", None)
    for name in filter(None, (exchange, queue)):
        _check_name(name)
    if options and parts.scheme != "amqps":
        raise _wrong("names files for TLS, which is amqps://")
    query = urlencode({TLS_FILES[name]: file for name, file in options.items()})
    # the library takes a path of "/" for a virtual host without a name, and RabbitMQ's usual one is called "/"
    path = parts.path if len(parts.path) > 1 else f"/{quote('/', safe='')}"
    return RabbitAddress(urlunsplit((parts.scheme, parts.netloc, path, query, "")), exchange, queue)


def _kafka(parts: SplitResult, options: dict[str, str]) -> KafkaAddress:
    _refuse_others(options, {"security", "mechanism", *KAFKA_FILES})
    account, _, servers = parts.netloc.rpartition("@")
    topic = parts.path[1:]
    if not servers or not all(HOST.fullmatch(server) for server in servers.split(",")):
        raise _wrong("is no address of a broker")
    _check_name(topic)
    user, _, password = account.partition(":")
    security = options.pop("security", "SASL_SSL" if account else "PLAINTEXT").upper()
    mechanism = options.pop("mechanism", "SCRAM-SHA-512").upper()
    if security not in SECURITY or mechanism not in MECHANISMS:
        raise _wrong(f"knows security={'|'.join(SECURITY)} and mechanism={'|'.join(MECHANISMS)} only")
    if security.startswith("SASL") != bool(user and password):
        raise _wrong("needs user:password@ with security=SASL_..., and only with it")
    if options and not security.endswith("SSL"):
        raise _wrong("names files for TLS, which is security=SSL or SASL_SSL")
    settings = {"security.protocol": security, **{KAFKA_FILES[name]: file for name, file in options.items()}}
    if user:
        settings |= {"sasl.mechanism": mechanism, "sasl.username": unquote(user), "sasl.password": unquote(password)}
    return KafkaAddress(servers, topic, settings)


def _refuse_others(options: dict[str, str], known: set[str]) -> None:
    # an option may be a password that was written in the wrong place, so it is not repeated
    if options.keys() - known or not all(options.values()):
        raise _wrong(f"has an option that is not known, or is empty; known are {', '.join(sorted(known))}")


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise _wrong("needs a name of letters, digits, dots, hyphens and _ for its exchange, queue or topic")


def _wrong(what: str) -> SetupError:
    return SetupError(f"{VARIABLE} {what}: {FORMS}")
