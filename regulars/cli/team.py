"""Signing in from the shell: whoever can run this may enter."""

import click
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.team import actions
from regulars.team.actions import make_first_account_link, make_sign_in_link
from regulars.team.models import Member
from regulars.team.queries import first_owner


@click.command()
@click.option("--member", metavar="EMAIL", help="Who signs in; the first owner if left out.")
@click.option("--url", metavar="BASE", help="Where Regulars answers.")
@click.option(
    "--drop-second-step", is_flag=True, help="For a member whose phone and codes are lost."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def sign_in(member: str | None, url: str | None, drop_second_step: bool, as_json: bool) -> None:
    """Print a link that signs one member in, once, within a day."""
    if drop_second_step:
        _drop_second_step(member)
    base = url or settings.PUBLIC_URL or "http://127.0.0.1:8000"
    address = _address_for(base, _member(member)) if member else sign_in_address(base)
    put_json({"address": address}) if as_json else click.echo(address)


def sign_in_address(base_url: str) -> str:
    """The first owner's one-time link; without an owner, the link that makes the first account."""
    owner = first_owner()
    if owner is not None:
        return _address_for(base_url, owner)
    token = make_first_account_link(by=COMMAND, at=clock.now())
    return base_url.rstrip("/") + reverse("team:first_account", args=[token])


def _address_for(base_url: str, member: Member) -> str:
    token = make_sign_in_link(member, by=COMMAND, at=clock.now())
    return base_url.rstrip("/") + reverse("team:one_time_sign_in", args=[token])


def _drop_second_step(email: str | None) -> None:
    found = _member(email) if email else first_owner()
    if found is not None:
        actions.drop_second_step(found, by=COMMAND, at=clock.now())


def _member(email: str) -> Member:
    member = Member.objects.filter(email__iexact=email).first()
    if member is None:
        raise Refusal(
            _("Nobody on the team has the address %(email)s.") % {"email": email},
            _("Leave --member out to sign in as the first owner."),
        )
    return member
