"""Texts, messages and a way to carry them that tests can watch."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState
from regulars.customers.models import Customer
from regulars.messaging.actions.messages import address_of
from regulars.messaging.channels.adapters import Blind, Certainty, Found, Outcome, Parcel
from regulars.messaging.choices import MailingState, Result
from regulars.messaging.models import Mailing, Message, TemplateVersion
from regulars.messaging.texts import compile_version
from tests.factories.customers import A_DAY, make_customer

BODY = "Dear {{ first_name }},\n\nyour loaf is put by.\n\n{{ signature }}"


def make_version(
    purpose: str = "serve", *, subject: str = "Your loaf", body: str = BODY, **over: Any
) -> TemplateVersion:
    made = compile_version(subject, "", body, "")
    return TemplateVersion.objects.create(
        purpose=purpose, subject=subject, body=body, html=made.html, text=made.text,
        fields=list(made.fields), has_links=made.has_links, sha256=made.sha256,
        created_at=A_DAY, **over,
    )  # fmt: skip


def make_message(
    customer: Customer | None = None, *, at: datetime, version: TemplateVersion | None = None,
    **over: Any,
) -> Message:  # fmt: skip
    """A message that is due at `at`; it serves, so that the gate lets it pass."""
    customer = customer or make_customer("Ruth Calloway", email="ruth@x.example")
    version = version or make_version(over.get("purpose", "serve"))
    point = address_of(customer)
    values = {
        "purpose": version.purpose, "occasion": f"manual:{Message.objects.count()}",
        "address": point.normal if point else "", "seal": point.seal if point else "",
        "not_before": at, "expires_at": at + timedelta(days=3), "created_at": at, "state_at": at,
    }  # fmt: skip
    return Message.objects.create(customer=customer, version=version, **{**values, **over})


def make_mailing(*, at: datetime, version: TemplateVersion | None = None, **over: Any) -> Mailing:
    version = version or make_version()
    values = {
        "name": "A word to all", "purpose": version.purpose, "audience": "these",
        "definition": {}, "state": MailingState.RUNNING, "created_at": at, "expanded_at": at,
    }  # fmt: skip
    return Mailing.objects.create(version=version, **{**values, **over})


def agrees(customer: Customer, purpose: str = "", channel: str = "email") -> None:
    ConsentState.objects.create(
        customer=customer, channel=channel, purpose=purpose, decision=Decision.GRANTED,
        changed_at=A_DAY,
    )  # fmt: skip


class Carrier:
    """Keeps what it is handed; `answer` may say something else than "taken" of a parcel."""

    name = "carrier"

    def __init__(self, certainty: Certainty | None = None) -> None:
        self.certainty: Certainty = certainty or Blind()
        self.carried: list[Parcel] = []
        self.answer: Callable[[Parcel], Outcome | None] = lambda _parcel: None
        self.before: Callable[[Parcel], None] = lambda _parcel: None
        self.found: dict[str, Found] = {}

    def hand_over(
        self, _ticket: object, parcels: Sequence[Parcel], *, may_go_on: Callable[[Parcel], bool]
    ) -> Iterator[Outcome]:
        for parcel in parcels:
            self.before(parcel)
            if not may_go_on(parcel):
                yield Outcome(parcel.message_id, Result.NOT_SENT, "stopped")
                continue
            said = self.answer(parcel)
            if said is None or said.result == Result.IN_DOUBT:
                self.carried.append(parcel)
            yield said or Outcome(parcel.message_id, Result.ACCEPTED, "250", "their-number")

    def find(self, provider_key: str) -> Found | None:
        return self.found.get(provider_key)

    def close(self) -> None:
        pass
