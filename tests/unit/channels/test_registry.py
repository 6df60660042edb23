"""credentials.yml names channels by their classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels import registry
from bot.channels.rest import RestChannel
from bot.errors import SetupError


def test_channels_are_made_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials.yml"
    file.write_text("bot.channels.rest.RestChannel:\nbot.channels.pictures.PicturesChannel:\n")
    made = registry.named_in(file)
    assert [type(one).__name__ for one in made] == ["RestChannel", "PicturesChannel"]
    assert isinstance(made[0], RestChannel)


@pytest.mark.parametrize("name", ["rest", "bot.channels.rest.NoSuchChannel", "bot.channels.no_such.RestChannel"])
def test_a_channel_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    file = tmp_path / "credentials.yml"
    file.write_text(f"{name}:\n")
    with pytest.raises(SetupError, match=rf"credentials.yml: there is no channel {name}\."):
        registry.named_in(file)
