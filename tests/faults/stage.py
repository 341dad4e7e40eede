"""An instance of its own with a provider beside it, on which senders can be killed.

Import it only where Django stands already (see `agent.py`): everything here works on the database
that `REGULARS_HOME` and `DATABASE_URL` name.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import time as time_of_day
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction

from regulars.consent.choices import Purpose
from regulars.core import clock, instance
from regulars.core.actor import SYSTEM
from regulars.core.bulk import run_sql
from regulars.core.public_addresses import one_click_answers
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer, CustomerQuerySet
from regulars.customers.naming import seal_of
from regulars.messaging.actions.mailings import approve_mailing, write_mailing
from regulars.messaging.actions.texts import use_words
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import MailingState, State
from regulars.messaging.expanding import expand
from regulars.messaging.gate import Gate
from regulars.messaging.models import Mailing, MailServer, Message, Rules, Switch
from regulars.messaging.outbox import stored
from regulars.messaging.texts import prepare
from tests.factories.team import make_business

AUDIENCE = "fault-tests"
# Shorter than a lease, as a provider's is.
PATIENCE = 0.5
EMPTIED = (
    "conversations_touch", "messaging_providerevent", "messaging_attempt", "messaging_contact",
    "messaging_standing", "messaging_message", "messaging_mailing", "messaging_hold",
    "consent_consentevent", "consent_consentstate", "core_job",
)  # fmt: skip
NOT_SENT = (State.SUPPRESSED, State.EXPIRED, State.CANCELLED, State.FAILED)
LEFT = (State.ACCEPTED, State.DELIVERED, State.BOUNCED, State.COMPLAINED)
IN_DOUBT = (State.UNKNOWN, State.UNKNOWN_CLOSED)
OPEN = (State.READY, State.HELD, State.CLAIMED, State.SENDING)


class FirstOnes:
    """The first so many customers."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        return Customer.objects.filter(pk__lte=definition["up_to"])

    def words(self, definition: dict[str, Any]) -> str:
        return f"the first {definition['up_to']}"


@dataclass
class Found:
    """What became of everything that was meant; the first four are what counts."""

    kills: int = 0
    lost: int = 0
    repeated: int = 0
    unknown: int = 0
    # Said to have left, or not to have left, against what the provider has in its journal.
    untrue: int = 0
    # In somebody's hands long after the lease ran out.
    unowned: int = 0
    meant: int = 0
    delivered: int = 0
    states: dict[str, int] = field(default_factory=dict)
    whys: dict[str, int] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), **self.more}


@dataclass
class ProviderProcess:
    """A provider that outlives the senders; what it delivered stands in its journal."""

    kind: str
    process: "subprocess.Popen[str]"
    journal: Path
    port: int
    read_from: int = 0

    def delivered(self) -> list[UUID]:
        """What reached recipients since `forget`, in its order."""
        return [UUID(entry["message_id"]) for entry in self.entries()]

    def entries(self) -> list[dict[str, Any]]:
        with self.journal.open("rb") as file:
            file.seek(self.read_from)
            return [json.loads(line) for line in file if line.endswith(b"\n")]

    def forget(self) -> None:
        self.read_from = self.journal.stat().st_size


class Stage:
    """The instance, its customers, and a provider of each kind."""

    def __init__(self) -> None:
        self.providers: dict[str, ProviderProcess] = {}
        self.meant = 0
        call_command("migrate", verbosity=0)
        instance.settle_identity()
        at = clock.now()
        make_business(country="GB", time_zone="UTC")
        midnight = time_of_day(0)
        Rules.objects.update_or_create(
            pk=1,
            defaults={
                "contacts_a_week": None, "emails_a_week": None, "texts_a_week": None,
                "quiet_from": midnight, "quiet_to": midnight,
            },
        )  # fmt: skip
        instance.prove_public_url(settings.PUBLIC_URL, by=SYSTEM, at=at)
        self.version = use_words(
            subject="Thank you, {{ first_name }}", purpose=Purpose.THANK, by=SYSTEM, at=at,
            body="Dear {{ first_name }},\n\nthank you for coming by, {{ full_name }}.",
        )  # fmt: skip
        if AUDIENCE not in audiences:
            audiences.register(AUDIENCE, FirstOnes())
        self._warm()

    def _warm(self) -> None:
        """Load here what every sender needs, or a fork of us is killed while it still loads it."""
        one_click_answers()
        Gate.now(clock.now())
        prepare(self.version).render({"first_name": "Ruth", "full_name": "Ruth Calloway"})

    def begin(self, kind: str, *, customers: int, window: int) -> ProviderProcess:
        """Forget all earlier messages, and let mail leave by a provider of this kind."""
        provider = self._provider(kind)
        os.environ["REGULARS_FAKE_PROVIDER"] = f"{kind}@127.0.0.1:{provider.port}"
        with transaction.atomic():
            for table in EMPTIED:
                run_sql(f"DELETE FROM {table}")
            Switch.objects.update_or_create(
                pk=1, defaults={"stopped_at": None, "last_awake_at": None}
            )
            server = {"kind": "fake", "window": window, "changed_at": clock.now(), "paused_why": ""}
            MailServer.objects.update_or_create(pk=1, defaults=server)
        self._grow(customers)
        provider.forget()
        self.meant = 0
        return provider

    def _provider(self, kind: str) -> ProviderProcess:
        if kind not in self.providers:
            journal = Path(settings.HOME) / f"{kind}.journal"
            command = [
                sys.executable, "-m", "tests.faults.provider", "--kind", kind,
                "--journal", str(journal), "--patience", str(PATIENCE),
            ]  # fmt: skip
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert process.stdout
            port = int(process.stdout.readline().split()[1])
            self.providers[kind] = ProviderProcess(kind, process, journal, port)
        return self.providers[kind]

    def _grow(self, wanted: int) -> None:
        """Add customers until there are so many, with keys from 1 on."""
        last = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        if last >= wanted:
            return
        at = clock.now()
        fresh = range(last + 1, wanted + 1)
        people = [
            Customer(
                pk=pk, name=f"Ruth{pk} Calloway", given_name=f"Ruth{pk}", family_name="Calloway",
                sort_name=f"calloway ruth{pk}", search_text=f"ruth{pk}",
                created_at=at, updated_at=at,
            )
            for pk in fresh
        ]  # fmt: skip
        Customer.objects.bulk_create(people, batch_size=2000)
        points = [
            ContactPoint(
                customer_id=pk, kind=PointKind.EMAIL, value=address, normal=address,
                seal=seal_of(PointKind.EMAIL, address), state=PointState.USABLE, is_primary=True,
                created_at=at,
            )
            for pk in fresh
            for address in [f"ruth{pk}@example.org"]
        ]  # fmt: skip
        ContactPoint.objects.bulk_create(points, batch_size=2000)

    def mail(self, customers: int, *, hours: int = 24, expands: bool = True) -> Mailing:
        """Mean one message for each of the first customers, as the desk would."""
        at = clock.now()
        mailing = write_mailing(
            name="Thank you", version=self.version, purpose=Purpose.THANK, audience=AUDIENCE,
            definition={"up_to": customers}, by=SYSTEM, at=at, expires_after_hours=hours,
        )  # fmt: skip
        mailing = approve_mailing(mailing, seen_count=customers, by=SYSTEM, at=at)
        self.meant += customers
        if expands:
            expand(mailing, at=at)
        return mailing

    def waiting(self) -> int:
        return Message.objects.filter(state__in=OPEN).count()

    def is_settled(self, kind: str) -> bool:
        """Nothing is on its way any more, and nothing in doubt that evidence could settle."""
        states = [*OPEN, *([] if kind == "blind" else [State.UNKNOWN])]
        return not Message.objects.filter(state__in=states).exists()

    def has_aged(self) -> bool:
        """Whether something was found to be too old, or to wait for a person because of its age."""
        is_paused = Mailing.objects.filter(state=MailingState.PAUSED).exists()
        return is_paused or Message.objects.filter(state=State.EXPIRED).exists()

    def is_holding(self, pid: int) -> bool:
        """Whether a sender has messages in its hands, or had when it died."""
        held = Message.objects.filter(state__in=(State.CLAIMED, State.SENDING))
        return held.filter(lease_owner=f"{socket.gethostname()}:{pid}").exists()

    def let_leases_run_out(self) -> None:
        """As if so much time had passed: for those whose holder is certainly dead."""
        past = stored(clock.now() - timedelta(days=2))
        run_sql(
            "UPDATE messaging_message SET lease_until = %s WHERE state IN ('claimed', 'sending')",
            [past],
        )

    def pack(self) -> None:
        """Leave no free pages in a database in a file."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")

    def found(self, provider: ProviderProcess, *, kills: int = 0, lease: float = 1.0) -> Found:
        """Hold the rows against the journal."""
        times = Counter(provider.delivered())
        rows: dict[UUID, str] = dict(Message.objects.values_list("pk", "state"))
        late = clock.now() - timedelta(seconds=2 * lease)
        unowned = Message.objects.filter(
            state__in=(State.CLAIMED, State.SENDING), lease_until__lt=late
        )
        states = Counter(rows.values())
        without_row = self.meant - len(rows)
        stuck = [pk for pk, state in rows.items() if state in OPEN and not times[pk]]
        unsent = [pk for pk, state in rows.items() if state in LEFT and not times[pk]]
        return Found(
            kills=kills,
            lost=without_row + len(stuck) + len(unsent),
            repeated=sum(count - 1 for count in times.values()),
            unknown=sum(states[state] for state in IN_DOUBT),
            untrue=_untrue(rows, times),
            unowned=unowned.count(),
            meant=self.meant,
            delivered=len(times),
            states=dict(states),
            whys=dict(Counter(Message.objects.values_list("why", flat=True))),
        )

    def close(self) -> None:
        for provider in self.providers.values():
            provider.process.kill()
            provider.process.wait()
        connections.close_all()


def _untrue(rows: dict[UUID, str], times: "Counter[UUID]") -> int:
    sent_after_all = [pk for pk, state in rows.items() if state in NOT_SENT and times[pk]]
    said_to_have_left = [pk for pk, state in rows.items() if state in LEFT and not times[pk]]
    of_nobody = [pk for pk in times if pk not in rows]
    return len(sent_after_all) + len(said_to_have_left) + len(of_nobody)


def wait_until(holds: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Ask again and again; whether it came true in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(every)
    return holds()
