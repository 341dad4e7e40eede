"""Carrying a message: its text, whom it is meant for, what became of it, and what holds it back."""

from datetime import datetime, time
from typing import Any, Self

import uuid_utils.compat as uuids
from django.db import models
from django.db.models import Q

from regulars.consent.choices import Channel, Purpose
from regulars.core.key_fields import OneRowEach
from regulars.customers.models import Customer
from regulars.messaging.choices import (
    HoldKind,
    Holds,
    MailingState,
    Result,
    Security,
    ServerKind,
    State,
)
from regulars.team.models import Member


class Template(models.Model):
    """A text that can be used again. What was sent is a version of it, and stays as it was."""

    name = models.CharField(max_length=120)
    # Where it comes from: "starter:<name>" for those that Regulars brings, else "desk".
    source = models.CharField(max_length=40, default="desk")
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.SERVE)
    subject = models.CharField(max_length=200, blank=True)
    preheader = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    # MJML round `{{ content }}`; empty: the layout of the house.
    layout = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_starter(self) -> bool:
        """Whether it came with Regulars."""
        return self.source.startswith("starter:")


class TemplateVersion(models.Model):
    """What is sent: Liquid in a page and in plain text, compiled once, never changed after use."""

    template = models.ForeignKey(Template, models.SET_NULL, null=True, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    purpose = models.CharField(max_length=8, choices=Purpose)
    subject = models.CharField(max_length=200)
    preheader = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    layout = models.TextField(blank=True)
    # As it is rendered: Liquid with plain values, the MJML already made into HTML.
    html = models.TextField()
    text = models.TextField()
    fields: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    has_links = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # Set when the first message meant to carry it is written; nothing above changes from then on.
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["template", "number"])]

    def __str__(self) -> str:
        return f"{self.subject} ({self.number})"


class Mailing(models.Model):
    """One text meant for a list of customers: written, looked at, approved, sent once to each."""

    name = models.CharField(max_length=200)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    purpose = models.CharField(max_length=8, choices=Purpose)
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="+")
    # Who is meant: the name of an audience and what it needs to find its customers.
    audience = models.CharField(max_length=40)
    definition: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    audience_words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=MailingState, default=MailingState.DRAFT)
    why_paused = models.CharField(max_length=300, blank=True)
    not_before = models.DateTimeField(null=True)
    expires_after_hours = models.PositiveIntegerField(default=24)
    # Where each gets it by their own clock: from which day on, and at what hour it shows.
    local_on = models.DateField(null=True)
    local_time = models.TimeField(null=True)
    # An approval is for this text, this audience and this many (RELIABILITY M10).
    approved_sha256 = models.CharField(max_length=64, blank=True)
    approved_definition_sha256 = models.CharField(max_length=64, blank=True)
    approved_count = models.PositiveIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # All its messages are written; before that the count still grows.
    expanded_at = models.DateTimeField(null=True)
    expanded_up_to = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=40, default="desk")

    class Meta:
        constraints = [models.CheckConstraint(name="messaging_local_whole", condition=(
            Q(local_on=None, local_time=None)
            | Q(local_on__isnull=False, local_time__isnull=False)
        ))]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def occasion(self) -> str:
        return f"mailing:{self.pk}"


class Message(models.Model):
    """One thing meant for one customer by one channel on one occasion: sent at most once.

    The row is the intention (RELIABILITY M1); `version` and `context` render the text again.
    """

    id = models.UUIDField(primary_key=True, default=uuids.uuid7, editable=False)
    # Null only for a confirmation that somebody asked for who is not on the list yet. No key below
    # has an index of its own: it would be written anew at every state.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="messages", db_index=False
    )
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    purpose = models.CharField(max_length=8, choices=Purpose)
    # What was meant: mailing:42, manual:<nonce of the form>, opt-in:7.
    occasion = models.CharField(max_length=120)
    mailing = models.ForeignKey(
        Mailing, on_delete=models.PROTECT, null=True, related_name="messages", db_index=False
    )
    version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="+", db_index=False)
    address = models.CharField(max_length=320, blank=True)
    seal = models.CharField(max_length=32, blank=True)
    # Frozen with the intent to send; empty before.
    context: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    content_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.READY)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_epoch = models.IntegerField(default=0)
    # By the database's own clock, so that machines whose clocks differ agree on it.
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    provider = models.CharField(max_length=20, blank=True)
    provider_key = models.CharField(max_length=36, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    # A code of the gate or of the provider; `queries.sentence_of` says it in words.
    why = models.CharField(max_length=20, blank=True)
    why_detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    state_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel", "occasion"], name="messaging_message_once"
            ),
            # Two records of one person get one copy of what sells.
            models.UniqueConstraint(
                name="messaging_sold_once", fields=["seal", "channel", "occasion"],
                condition=Q(purpose="sell") & ~Q(seal=""),
            ),
            models.UniqueConstraint(
                name="messaging_stranger_once", fields=["seal", "channel", "occasion"],
                condition=Q(customer=None),
            ),
            models.CheckConstraint(
                name="messaging_message_state", condition=Q(state__in=State.values)
            ),
        ]  # fmt: skip
        indexes = [
            # What senders look for: they never read past what is done.
            models.Index(
                name="messaging_waiting", fields=["mailing", "not_before", "id"],
                condition=Q(state__in=["ready", "held"]),
            ),
            models.Index(
                name="messaging_leased", fields=["lease_until"],
                condition=Q(state__in=["claimed", "sending"]),
            ),
            models.Index(
                name="messaging_unknown", fields=["state_at"], condition=Q(state="unknown")
            ),
            models.Index(name="messaging_failed", fields=["id"], condition=Q(state="failed")),
            models.Index(name="messaging_by_mailing", fields=["mailing", "state"]),
            models.Index(name="messaging_by_customer", fields=["customer", "-state_at"]),
            models.Index(
                name="messaging_by_provider", fields=["provider_id"], condition=~Q(provider_id="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.occasion} for {self.customer_id}: {self.state}"


class Attempt(models.Model):
    """One try at handing a message over, written down before the wire is touched."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts", db_index=False)
    epoch = models.IntegerField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=8, choices=Result, blank=True)
    code = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "epoch"], name="messaging_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} #{self.epoch}: {self.result or 'under way'}"


class ProviderEvent(models.Model):
    """What a provider told us, kept raw and handled once; without a message it has no effect."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    seal = models.CharField(max_length=32, blank=True)  # Of a soft bounce only.
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    look_at = models.DateTimeField(null=True)  # Again, for its message.
    handled_at = models.DateTimeField(null=True)
    raw = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="messaging_event_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(handled_at=None), name="messaging_unhandled"),
            models.Index(fields=["seal", "happened_at"], condition=~Q(seal=""), name="event_seals"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"


class Contact(models.Model):
    """One place taken in what a customer may hear from us: by a message, or by a person's touch."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=8)
    purpose = models.CharField(max_length=8)
    source = models.CharField(max_length=48, unique=True)  # "message:<id>" or "touch:<id>"
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "happened_at"], name="messaging_contacts")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.source}"


class Standing(models.Model):
    """What the gate must know of a customer's contacts, ready to be compared: one row a customer.

    Derived from `Contact` and the house's rules in the same transaction."""

    customer = OneRowEach(Customer, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_contact_at = models.DateTimeField(null=True)
    # The moment from which one more is within the caps; null: now.
    free_from = models.DateTimeField(null=True)
    email_free_from = models.DateTimeField(null=True)
    text_free_from = models.DateTimeField(null=True)
    # Served, not sold to, since we last sold: selling needs `Rules.serve_per_sell` of these.
    balance = models.IntegerField(default=0)
    rarest_days = models.PositiveSmallIntegerField(null=True)  # By our cadences (`actions.bounds`).

    def __str__(self) -> str:
        return f"standing of {self.customer_id}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing_at(self, at: datetime) -> Self:
        return self.filter(Q(until=None) | Q(until__gt=at), lifted_at=None)

    def of_everybody(self) -> Self:
        """Those of nobody in particular; who has not been looked at yet is somebody."""
        return self.filter(customer=None, beyond=None)


class Hold(models.Model):
    """Something for which messages wait: of one customer, or of everybody (`customer` is null)."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="holds")
    # Without a customer: only those with a higher number, until somebody has looked at them.
    beyond = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=12, choices=HoldKind)
    stops = models.CharField(max_length=8, choices=Holds)
    why = models.CharField(max_length=300, blank=True)
    # So that the same room can lift it: "desk", "case:7", "disruption:2".
    source = models.CharField(max_length=48, default="desk")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    placed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="messaging_holds_standing", fields=["customer"],
                         condition=Q(lifted_at=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} for {self.customer_id or 'everybody'}"


class Rules(models.Model):
    """How often and when we write at all: the house's rules (one row, id 1). Null: no limit."""

    contacts_a_week = models.PositiveSmallIntegerField(null=True, default=3)
    emails_a_week = models.PositiveSmallIntegerField(null=True, default=2)
    texts_a_week = models.PositiveSmallIntegerField(null=True, default=1)
    serve_per_sell = models.PositiveSmallIntegerField(default=3)
    quiet_from = models.TimeField(default=time(20))
    quiet_to = models.TimeField(default=time(8))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="messaging_one_rules")]

    def __str__(self) -> str:
        return "rules of the house"


class Switch(models.Model):
    """The switch for all that leaves (one row, id 1), and when a sender was last awake."""

    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=300, blank=True)
    last_awake_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="messaging_one_switch")]

    def __str__(self) -> str:
        return "stopped" if self.stopped_at else "open"


class MailServer(models.Model):
    """How mail leaves, and in whose name (one row, id 1). Until it is set, into files."""

    kind = models.CharField(max_length=4, choices=ServerKind, default=ServerKind.FILE)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=255, blank=True)
    password_sealed = models.TextField(blank=True)
    from_name = models.CharField(max_length=120, blank=True)
    from_address = models.CharField(max_length=254, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    dkim_selector = models.CharField(max_length=63, blank=True)
    dkim_key_sealed = models.TextField(blank=True)
    # For all senders: messages a minute (null: no limit), until when that is full; intents at once.
    pace = models.PositiveIntegerField(null=True)
    paced_until = models.DateTimeField(null=True)
    window = models.PositiveSmallIntegerField(default=16)
    tested_at = models.DateTimeField(null=True)
    # Set when the server said no to us all (a wrong password): a person must look first.
    paused_why = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    text_gateway = models.CharField(max_length=190, blank=True)  # Texts by mail to <number>@ there.

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="messaging_one_server"),
            models.CheckConstraint(name="messaging_window",
                                   condition=Q(window__gte=1, window__lte=64)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.host or self.kind
