"""Every touch, in and out, in every channel: the timeline."""

from typing import Self

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.choices import Direction, Outcome
from regulars.core.key_fields import OneRowEach
from regulars.customers.models import Customer
from regulars.messaging.models import Message
from regulars.team.models import Member

# Translated when they are said: a timeline says ten of them, and one each.
_CAME_IN = {
    Channel.CALL: _lazy("Called us; %(who)s answered"),
    Channel.VISIT: _lazy("Came to us; %(who)s was there"),
}
_TOLD = {
    (Channel.CALL, Outcome.REACHED): _lazy("%(who)s called"),
    (Channel.CALL, Outcome.MESSAGE): _lazy("%(who)s called and left a message"),
    (Channel.CALL, Outcome.NO_ANSWER): _lazy("%(who)s called; nobody answered"),
    (Channel.VISIT, Outcome.REACHED): _lazy("%(who)s visited"),
    (Channel.VISIT, Outcome.MESSAGE): _lazy("%(who)s visited and left a message"),
    (Channel.VISIT, Outcome.NO_ANSWER): _lazy("%(who)s visited; nobody was in"),
}
_WRITTEN = {
    Channel.NOTE: _lazy("%(who)s wrote a note by hand"),
    Channel.EMAIL: _lazy("%(who)s wrote an e-mail"),
    Channel.TEXT: _lazy("%(who)s sent a text"),
    Channel.CHAT: _lazy("%(who)s wrote in chat"),
    Channel.SOCIAL: _lazy("%(who)s wrote on social media"),
    Channel.LETTER: _lazy("%(who)s sent a letter"),
}


def headline_of(touch: "Touch") -> str:
    """The sentence of a touch, with `who` still open."""
    channel = Channel(touch.channel)
    if touch.direction == Direction.IN:
        return str(_CAME_IN.get(channel) or _("Wrote to us; noted by %(who)s"))
    known = _TOLD.get((channel, Outcome(touch.outcome))) or _WRITTEN.get(channel)
    return str(known or _("%(who)s was in touch"))


class TouchQuerySet(models.QuerySet["Touch"]):
    def standing(self) -> Self:
        """Touches that were not taken back."""
        return self.filter(taken_back_at=None)


class Touch(models.Model):
    """One contact with a customer."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="touches")
    channel = models.CharField(max_length=8, choices=Channel)
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.OUT)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.SERVE)
    outcome = models.CharField(max_length=9, choices=Outcome)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # What we wrote down, and what the customer said in their own words.
    body = models.TextField(blank=True)
    said = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=40, default="desk")
    # By what it is known when the file that brought it comes again; nothing where we wrote it. A
    # column that may be empty is added to millions of rows without writing the table anew.
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001 - as said above
    # The message that this touch was, where the system carried it.
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="touch"
    )
    taken_back_at = models.DateTimeField(null=True)

    objects = TouchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-happened_at", "-id"], name="touches_by_customer"),
            models.Index(fields=["member", "-happened_at"], name="touches_by_member"),
            # Who waits for an answer: a few among very many.
            models.Index(
                fields=["happened_at"],
                name="touches_from_them",
                condition=models.Q(direction="in", taken_back_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="touches_brought_once", fields=["source", "external_id"],
                condition=models.Q(external_id__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.channel} with {self.customer_id}"

    @property
    def is_real(self) -> bool:
        """Whether it reached the customer, so that it resets their clock."""
        return self.outcome != Outcome.NO_ANSWER

    @property
    def headline(self) -> str:
        """What happened, in a sentence with who did it."""
        who = self.member.name if self.member else _("Somebody")
        return headline_of(self) % {"who": who}

    @property
    def purpose_words(self) -> str:
        """What for; Django's own way hashes every choice, translated, for each touch."""
        return str(Purpose(self.purpose).label)


class Clock(models.Model):
    """When each customer was last in touch with us: one row a customer, reset by any real touch.

    Kept in the transaction of the touch, so that a plan over a million customers need not
    read ten million touches.
    """

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="clock"
    )
    last_touch_at = models.DateTimeField()
    last_channel = models.CharField(max_length=8, choices=Channel)
    # The last visit, call or note: what else there was since does not count for it.
    last_personal_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.customer_id} at {self.last_touch_at}"


class StagedTouch(models.Model):
    """A touch as one import's file names it, before it is brought in; emptied afterwards."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    ref = models.CharField(max_length=200)
    row_no = models.BigIntegerField()
    buyer = models.CharField(max_length=340)
    happened_at = models.DateTimeField()
    channel = models.CharField(max_length=8)
    direction = models.CharField(max_length=3)
    purpose = models.CharField(max_length=8)
    outcome = models.CharField(max_length=9)
    body = models.TextField()
    said = models.TextField()
    minutes = models.PositiveSmallIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    touch_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_id", "ref"], name="conversations_staged_once"),
        ]

    def __str__(self) -> str:
        return self.ref
