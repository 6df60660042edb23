"""`planbot channels`: which messaging channels are on, what each of the others lacks, and where its platform must send to.

`planbot channels connect telegram` tells Telegram our address and secret, which it has no page for.
"""

from __future__ import annotations

import asyncio

import typer

from bot.errors import DeliveryError, SetupError

app = typer.Typer(help="Messaging channels: on or off, what they lack, where platforms send to.", no_args_is_help=False)


@app.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """Says of each messaging channel whether it is on, and what it lacks."""
    if context.invoked_subcommand is None:
        for line in report():
            typer.echo(line)


@app.command()
def connect(channel: str = typer.Argument(..., help="telegram")) -> None:
    """Tells the platform where to send messages. Only Telegram is told by a program."""
    if channel.casefold() != "telegram":
        raise SetupError(
            f"{channel} is connected on its own pages: docs/channels.md says how. Only telegram is done here."
        )
    typer.echo(asyncio.run(_connect_telegram()))


def report() -> list[str]:
    """One block of lines for each channel. No line holds a secret."""
    from bot.channels.registry import MESSAGING
    from bot.messaging.settings import PUBLIC_URL, problems

    lines = []
    base = PUBLIC_URL.value().rstrip("/") if not PUBLIC_URL.problem() else "https://<your address>"
    for channel in MESSAGING:
        wrong = problems(channel.needs())
        lines.append(f"{channel.title}: {'off' if wrong else 'on'}")
        lines += [f"    {problem}" for problem in wrong]
        lines.append(f"    webhook: {base}{channel.webhook()}")
    return lines


async def _connect_telegram() -> str:
    from bot.channels import telegram
    from bot.messaging.calls import Caller, Request
    from bot.messaging.settings import PUBLIC_URL, MessagingSettings, values

    told = values(telegram.TelegramChannel.needs())
    body = telegram.webhook_settings(told[PUBLIC_URL.name], told[telegram.SECRET.name])
    address = f"{MessagingSettings().telegram_url}/bot{told[telegram.TOKEN.name]}/setWebhook"
    caller = Caller("Telegram")
    try:
        answer = await caller.call(Request(address, json=body))
        if answer.get("ok") is not True:
            raise DeliveryError("Telegram: the answer was not Telegram's")
    except DeliveryError as error:
        reason = str(error).rstrip(".")
        raise SetupError(
            f"Telegram did not take the address ({reason}): check TELEGRAM_BOT_TOKEN, TELEGRAM_SECRET_TOKEN "
            "and PLAN_PUBLIC_URL."
        ) from error
    finally:
        await caller.close()
    return f"Telegram now sends messages to {body['url']}."
