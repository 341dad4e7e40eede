"""The keys of this instance: changing the one that seals passwords."""

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.secrets import SecretLost, change_key, key_in_use


@click.group()
def keys() -> None:
    """The keys that seal what is secret."""


@keys.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def change(as_json: bool) -> None:
    """Make a new key, and seal the passwords and signing keys that are kept here with it."""
    try:
        count = change_key(by=COMMAND, at=clock.now())
    except SecretLost as lost:
        raise Refusal(
            "A password that is kept here cannot be opened with its key, so nothing was changed.",
            "Enter the mail server's password anew in Settings, “Mail”, and change the key then.",
        ) from lost
    file = f"{key_in_use()}.key"
    if as_json:
        put_json({"key": file, "sealed": count})
        return
    click.echo(f"Sealed anew with keys/{file}: {count}.")
    click.echo("Older keys stay beside it: backups hold what they sealed.", err=True)
