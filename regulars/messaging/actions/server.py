"""How mail leaves, and in whose name."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import NotAllowed
from regulars.core.jobs import enqueue
from regulars.core.secrets import SecretLost, seal_secret, sealed_columns
from regulars.messaging.channels.adapters import Outcome
from regulars.messaging.choices import Result, Security, ServerKind
from regulars.messaging.dkim import new_key
from regulars.messaging.errors import NoServerYet
from regulars.messaging.models import MailServer
from regulars.messaging.queries import the_server
from regulars.messaging.rules import may_change_server
from regulars.messaging.staff_mail import send_to_staff
from regulars.team.models import Member

# One alert an hour is enough for whoever has to look.
ALERT_JOB = "messaging.say_paused"


@dataclass(frozen=True, slots=True)
class Described:
    """The mail server and the sender, as an owner describes them."""

    kind: str = ServerKind.FILE
    host: str = ""
    port: int = 587
    security: str = Security.STARTTLS
    username: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    pace: int | None = None


@transaction.atomic
def describe_server(
    described: Described, *, by: Actor, at: datetime, password: str = ""
) -> MailServer:
    """Say by which server mail leaves and in whose name. Sending that was paused goes on.

    Without a `password` the one that is kept stays, unless the server it belongs to changes: it
    is never given to another one.
    """
    _demand_owner(by)
    server = _locked(at)
    before = {name: getattr(server, name) for name in Described.__slots__}
    values = asdict(described)
    changed = sorted(name for name, value in values.items() if before[name] != value)
    for name, value in values.items():
        setattr(server, name, value)
    if password:
        server.password_sealed = seal_secret(password)
        changed.append("password")
    elif not described.username or needs_password_again(before, values):
        server.password_sealed = ""
    server.paused_why, server.tested_at, server.changed_at = "", None, at
    server.save()
    audit.record("described the mail server", server, by=by, at=at, changed=changed)
    return server


def needs_password_again(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Would the kept password go to another server, or unprotected?"""
    return any(before[name] != after[name] for name in ("host", "port", "security", "username"))


@transaction.atomic
def describe_texts(gateway: str, *, by: Actor, at: datetime) -> MailServer:
    """Say at which domain a provider makes text messages of mails; empty: no texts leave."""
    _demand_owner(by)
    server = _locked(at)
    server.text_gateway, server.changed_at = gateway, at
    server.save(update_fields=["text_gateway", "changed_at"])
    audit.record("described the way of texts", server, by=by, at=at, gateway=gateway)
    return server


@transaction.atomic
def make_dkim_key(*, by: Actor, at: datetime) -> MailServer:
    """Make a key that signs mail from now on; its public half has to be published in the DNS."""
    _demand_owner(by)
    server = _locked(at)
    if not server.from_address:
        raise NoServerYet(
            _("A signature belongs to the domain of the sender's address."),
            _("Keep the sender's address first."),
        )
    server.dkim_selector = _next_selector(server.dkim_selector, at)
    server.dkim_key_sealed = seal_secret(new_key())
    server.changed_at = at
    server.save(update_fields=["dkim_selector", "dkim_key_sealed", "changed_at"])
    audit.record("made a key for signing", server, by=by, at=at, selector=server.dkim_selector)
    return server


@transaction.atomic
def stop_signing(*, by: Actor, at: datetime) -> MailServer:
    """Send without a signature of our own, and forget the key: some servers sign themselves."""
    _demand_owner(by)
    server = _locked(at)
    server.dkim_selector = server.dkim_key_sealed = ""
    server.changed_at = at
    server.save(update_fields=["dkim_selector", "dkim_key_sealed", "changed_at"])
    audit.record("stopped signing", server, by=by, at=at)
    return server


@transaction.atomic
def pause_server(code: str, *, at: datetime) -> MailServer:
    """Leave the mail server alone after it said no to everything, until a person has looked."""
    server = _locked(at)
    if not server.paused_why:
        server.paused_why = code[:300]
        server.save(update_fields=["paused_why"])
        audit.record("paused", server, by=SYSTEM, at=at, code=code.partition(" ")[0][:20])
        enqueue(ALERT_JOB, at=at, unique_key=f"{ALERT_JOB}:{at:%Y-%m-%dT%H}")
    return server


@transaction.atomic
def resume_server(*, by: Actor, at: datetime) -> MailServer:
    """Try the mail server again after somebody has looked."""
    _demand_owner(by)
    server = _locked(at)
    server.paused_why, server.changed_at = "", at
    server.save(update_fields=["paused_why", "changed_at"])
    audit.record("resumed", server, by=by, at=at)
    return server


def send_test(member: Member, *, by: Actor, at: datetime) -> Outcome:
    """Send a mail to oneself by the server as it is kept, and hear what it says."""
    _demand_owner(by)
    server = the_server()
    try:
        outcome = send_to_staff(
            [member], server, at=at, subject=_("A test from Regulars"),
            text=_("If you read this, mail from Regulars leaves as it should.\n"),
        )[0]  # fmt: skip
    except SecretLost:
        outcome = Outcome(_nobody(), Result.NOT_SENT, "secret")
    if outcome.result is Result.ACCEPTED:
        _note_tested(by=by, at=at)
    return outcome


@transaction.atomic
def _note_tested(*, by: Actor, at: datetime) -> None:
    server = _locked(at)
    server.tested_at, server.paused_why = at, ""
    server.save(update_fields=["tested_at", "paused_why"])
    audit.record("tested", server, by=by, at=at)


def _demand_owner(by: Actor) -> None:
    if not may_change_server(by):
        raise NotAllowed(
            _("Only an owner can change how mail leaves."), _("Ask one of the owners to do it.")
        )


def _locked(at: datetime) -> MailServer:
    MailServer.objects.get_or_create(pk=1, defaults={"changed_at": at})
    return MailServer.objects.select_for_update().get(pk=1)


def _next_selector(before: str, at: datetime) -> str:
    """A name never used before: receivers keep the old record for a while."""
    day = f"r{at:%Y%m%d}"
    if not before.startswith(day):
        return day
    return f"{day}-{int(before.removeprefix(day).removeprefix('-') or 1) + 1}"


def _nobody() -> UUID:
    return UUID(int=0)


def _reseal(anew: Callable[[str], str]) -> int:
    server = MailServer.objects.select_for_update().filter(pk=1).first()
    if server is None:
        return 0
    sealed = [server.password_sealed, server.dkim_key_sealed]
    server.password_sealed, server.dkim_key_sealed = map(anew, sealed)
    server.save(update_fields=["password_sealed", "dkim_key_sealed"])
    return len([value for value in sealed if value])


sealed_columns.register("messaging.mailserver", _reseal)
