"""PLAN_EVENTS: what is read from it, and that a wrong one is refused in words that hold no password."""

from __future__ import annotations

import pytest

from bot.errors import SetupError
from bot.events import address
from bot.events.address import KafkaAddress, RabbitAddress

PASSWORD = "hunter2-marker"


def test_unset_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(address.VARIABLE, raising=False)
    assert address.from_environment() is None
    monkeypatch.setenv(address.VARIABLE, "  ")
    assert address.from_environment() is None


def test_rabbitmq() -> None:
    told = address.read("amqp://u:p%40w@host:5673/v?exchange=x&queue=q")
    assert told == RabbitAddress("amqp://u:p%40w@host:5673/v", "x", "q")


@pytest.mark.parametrize("path", ["", "/"])
def test_the_usual_virtual_host(path: str) -> None:
    assert address.read(f"amqp://u:p@host{path}") == RabbitAddress("amqp://u:p@host/%2F", "plan", None)


def test_rabbitmq_with_tls() -> None:
    told = address.read("amqps://u:p@host/v?ca=/run/ca.pem&certificate=/run/c.pem&key=/run/k.pem")
    assert isinstance(told, RabbitAddress)
    assert told.url == "amqps://u:p@host/v?cafile=%2Frun%2Fca.pem&certfile=%2Frun%2Fc.pem&keyfile=%2Frun%2Fk.pem"


def test_kafka() -> None:
    told = address.read("kafka://one:9092,two:9093,[::1]:9094/plan.turns")
    assert told == KafkaAddress("one:9092,two:9093,[::1]:9094", "plan.turns", {"security.protocol": "PLAINTEXT"})


def test_kafka_with_a_password_is_encrypted_unless_told_otherwise() -> None:
    told = address.read("kafka://u:p%2Fw@one:9092/t?ca=/run/ca.pem")
    assert isinstance(told, KafkaAddress)
    assert told.settings == {
        "security.protocol": "SASL_SSL", "ssl.ca.location": "/run/ca.pem", "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "u", "sasl.password": "p/w",
    }  # fmt: skip


@pytest.mark.parametrize("text", [
    "https://host/x", "host:5672", "amqp://", "amqp:///vhost", "amqp://host:port/v", "amqp://host:70000/v", "amqp://host/a/b",
    f"amqp://u:{PASSWORD}@host/v?no_verify_ssl=1", f"amqp://u:{PASSWORD}@host/v?exchange=", "amqp://host/v?exchange=a b",
    "amqp://host/v?ca=/run/ca.pem", f"amqp://u:{PASSWORD}#x@host/v", f"amqp://host/v?password={PASSWORD}", "amqp://host/v?nonsense",
    "kafka://host:9092", "kafka://host:9092/a/b", "kafka://ho st:9092/t", "kafka://host:9092,/t", "kafka:///t",
    "kafka://host/t?security=none", f"kafka://u:{PASSWORD}@host/t?security=PLAINTEXT", "kafka://host/t?security=SASL_SSL",
    f"kafka://u:{PASSWORD}@host/t?mechanism=GSSAPI", f"kafka://{PASSWORD}@host/t", "kafka://host/t?ca=/run/ca.pem", "http://[::1",
])  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SetupError) as refused:
        address.read(text)
    assert "PLAN_EVENTS" in str(refused.value)
    assert "kafka://host:9092/topic" in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_an_address_that_is_printed_has_no_password() -> None:
    for text in (f"amqp://u:{PASSWORD}@host/v", f"kafka://u:{PASSWORD}@host/t"):
        assert PASSWORD not in repr(address.read(text))
