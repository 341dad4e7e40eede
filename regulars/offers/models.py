"""Offers: who may have what from when, by which codes, and what was used.

What may never happen is held by the database itself (`holding.py`): an offer used before its wave,
more often than a code says, or beyond its stock.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.lists.models import Segment
from regulars.offers.choices import COLUMN_OF, CodeKind, Staged, Standing, ValueKind, Way
from regulars.team.models import Member


class OfferQuerySet(models.QuerySet["Offer"]):
    def planned(self) -> Self:
        """Those that stand, open or not yet: no drafts, none that was ended."""
        return self.filter(planned_at__isnull=False, ended_at=None)

    def visible_to(self, viewer: Customer | None, at: datetime) -> Self:
        """What this customer, or anybody (None), may know of at that moment, and nothing else.

        The one way by which offers reach customers: pages, fields of texts and files go by it.
        """
        means: Any = Q(is_public=True)
        if viewer is not None:
            theirs = Chosen.objects.filter(wave=OuterRef("pk"), customer=viewer, since_at__lte=at)
            means |= Exists(theirs)
        waves = Wave.objects.open_at(at).filter(means, offer=OuterRef("pk"))
        return self.filter(Exists(waves), Q(ended_at=None) | Q(ended_at__gt=at), planned_at__lte=at)


class Offer(models.Model):
    """Something that customers get from us, and in which order they get to know of it."""

    id = models.BigAutoField(primary_key=True)
    # What they get, in words that they read.
    name = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=ValueKind)
    percent = models.PositiveSmallIntegerField(null=True)
    # Off the price; of a gift, what it is worth to them.
    value_minor = models.BigIntegerField(default=0)
    # What it sells at else, and what it costs us with all that is given, where that is known.
    price_minor = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    # The least that may be left, in percent of what they pay.
    floor_percent = models.SmallIntegerField(default=0)
    code_kind = models.CharField(max_length=8, choices=CodeKind, default=CodeKind.PERSONAL)
    # What everybody says, where the shared code is words of our own: “FIRST RYE”.
    shared_words = models.CharField(max_length=20, blank=True)
    # How often each customer may use it.
    uses = models.PositiveSmallIntegerField(default=1)
    # How often all of them together; null: as often as they like.
    stock = models.PositiveIntegerField(null=True)
    # What is left of it and held back for no wave; kept by the database.
    common_left = models.IntegerField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    planned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Where it came from: written here, brought along by the sample business, or by a file.
    source = models.CharField(max_length=20, default="desk")
    # What it is called where it came from, by a number or a word.
    reference = models.CharField(max_length=80, blank=True)
    # What it is told apart by in our own words, such as Letter or Birthday.
    sort = models.CharField(max_length=80, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gte=1, percent__lte=100)
                | Q(kind="amount", percent=None, value_minor__gt=0)
                | Q(kind="gift", percent=None, value_minor__gte=0),
                name="offers_value",
            ),
            models.CheckConstraint(
                condition=Q(common_left=None) | Q(common_left__gte=0), name="offers_stock_left"
            ),
            models.CheckConstraint(condition=Q(uses__gte=1), name="offers_uses"),
            models.CheckConstraint(
                condition=Q(price_minor=None) | Q(price_minor__gte=0), name="offers_price"
            ),
            models.CheckConstraint(
                condition=Q(cost_minor=None) | Q(cost_minor__gte=0), name="offers_cost"
            ),
            models.UniqueConstraint(
                fields=["source", "reference"], condition=~Q(reference=""), name="offers_known_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> Money:
        return Money(self.value_minor, self.currency)

    def standing_at(self, moment: datetime, opens_at: datetime | None, closes_at: datetime | None
    ) -> Standing:  # fmt: skip
        """Where it stands; `opens_at` and `closes_at` are those of its first and last wave."""
        if self.planned_at is None:
            return Standing.DRAFT
        if self.ended_at is not None or (closes_at is not None and closes_at <= moment):
            return Standing.OVER
        is_open = opens_at is not None and opens_at <= moment
        return Standing.OPEN if is_open else Standing.PLANNED


class WaveQuerySet(models.QuerySet["Wave"]):
    def open_at(self, moment: datetime) -> Self:
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)

    def in_order(self) -> Self:
        return self.order_by("opens_at", "pk")


class Wave(models.Model):
    """One stage of an offer: who may see and use it, from when until when.

    Whom it means is kept, a row each (`Chosen`): a frozen wave from the day on which the offer was
    planned, a live one from its opening on, and whoever comes in later from then on.
    """

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="waves")
    name = models.CharField(max_length=80)
    is_public = models.BooleanField(default=False)
    tiers: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, related_name="+")
    is_live = models.BooleanField(default=False)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    # Kept for this wave alone while it is open, and how much of that is left.
    held_back = models.PositiveIntegerField(default=0)
    held_left = models.IntegerField(default=0)
    # What this wave gets beside the rest, and what that costs us.
    extra = models.CharField(max_length=200, blank=True)
    extra_cost_minor = models.BigIntegerField(default=0)
    # By which ways they may be told.
    by_email = models.BooleanField(default=True, db_default=True)
    by_letter = models.BooleanField(default=True, db_default=True)
    by_call = models.BooleanField(default=True, db_default=True)
    # When who is meant was last worked out, and how many they are.
    chosen_at = models.DateTimeField(null=True)
    chosen_count = models.BigIntegerField(default=0)
    # How far the working out has come, by the number of customers.
    chosen_up_to = models.BigIntegerField(default=0)

    objects = WaveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="offers_wave_order"
            ),
            models.CheckConstraint(condition=Q(held_left__gte=0), name="offers_held_left"),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(is_live=False, segment=None),
                name="offers_public_is_all",
            ),
        ]
        indexes = [models.Index(fields=["opens_at"], name="offers_wave_opens")]

    def __str__(self) -> str:
        return self.name

    def is_open_at(self, moment: datetime) -> bool:
        return self.opens_at <= moment < self.closes_at

    @property
    def ways(self) -> list[Way]:
        """By which its customers may be told; of the public nobody is named on a letter."""
        known = [way for way in Way if way != Way.LETTER or not self.is_public]
        return [way for way in known if getattr(self, COLUMN_OF[way])]


class Chosen(models.Model):
    """That a wave means this customer, and since when; each is in one wave of an offer."""

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="chosen", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    since_at = models.DateTimeField()
    # When a letter that tells them was put in the post.
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "offer"], name="offers_chosen_once"),
        ]
        indexes = [
            models.Index(fields=["wave", "customer"], name="offers_chosen_of_wave"),
            models.Index(
                fields=["wave", "-posted_at"], name="offers_chosen_posted",
                condition=Q(posted_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.wave_id}"


class Code(models.Model):
    """A code as the till knows it: by its seal. The code itself is kept nowhere (`codes.py`).

    One customer's, or everybody's.
    """

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    seal = models.CharField(max_length=24, unique=True)
    # The how many-th of this customer's: a new one is given where the last went astray.
    turn = models.PositiveSmallIntegerField(default=0)
    # Null: as often as the stock lasts.
    uses_left = models.IntegerField(null=True)
    made_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(uses_left=None) | Q(uses_left__gte=0), name="offers_uses_left"
            ),
            models.UniqueConstraint(fields=["customer", "offer", "turn"], name="offers_code_once"),
            models.UniqueConstraint(
                fields=["offer", "turn"], condition=Q(customer=None), name="offers_shared_once"
            ),
        ]

    def __str__(self) -> str:
        return f"code {self.pk} of {self.offer_id}"


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(taken_back_at=None)


class Redemption(models.Model):
    """An offer was used: by whom, when, under which wave.

    The row itself takes it from the stock and from the code; one that may not be is refused by the
    database (`holding.py`). Nothing of it changes but that it is taken back.
    """

    id = models.BigAutoField(primary_key=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="redemptions")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.ForeignKey(Code, on_delete=models.SET_NULL, null=True, related_name="+")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    used_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # The number on the receipt.
    receipt = models.CharField(max_length=200, blank=True)
    # Of what is held back for its wave, or of what is there for all.
    is_held = models.BooleanField(default=False)
    # The form by which it came: sent twice, it is one use.
    slip = models.CharField(max_length=80, unique=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("used_at")), name="offers_used_before_recorded"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "offer"], name="offers_used_by"),
            models.Index(fields=["wave", "used_at"], name="offers_used_in"),
            models.Index(fields=["offer", "-used_at"], name="offers_used_last"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} used {self.used_at:%Y-%m-%d %H:%M}"

    @property
    def came_later(self) -> bool:
        """Whether it was noted without a connection or in a file, and came in afterwards."""
        return self.recorded_at - self.used_at >= timedelta(minutes=1)


class OfflineUse(models.Model):
    """A use that a till noted without a connection and has brought back, once.

    What the till could not know, that another was quicker or nothing was left, is told to both.
    """

    id = models.BigAutoField(primary_key=True)
    # The form by which it was noted, as of a redemption: brought back twice, it is known again.
    slip = models.CharField(max_length=80, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, null=True, related_name="+")
    code = models.ForeignKey(Code, on_delete=models.SET_NULL, null=True, related_name="+")
    # What it became; null where it was refused, with why and what to do.
    redemption = models.ForeignKey(
        Redemption, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    sentence = models.CharField(max_length=500, blank=True)
    remedy = models.CharField(max_length=500, blank=True)
    # The use of the same code that came first.
    other = models.ForeignKey(Redemption, on_delete=models.SET_NULL, null=True, related_name="+")
    receipt = models.CharField(max_length=200, blank=True)
    # When the list was handed to the till and when it was used, by our clock.
    listed_at = models.DateTimeField()
    used_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # Whoever noted it has read that it was refused; whoever was quicker, that there was another.
    read_at = models.DateTimeField(null=True)
    other_read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["member", "id"], name="offers_refused_to_tell",
                condition=Q(redemption=None, read_at=None),
            ),
            models.Index(
                fields=["other", "id"], name="offers_other_to_tell",
                condition=Q(redemption=None, other_read_at=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.slip} noted {self.used_at:%Y-%m-%d %H:%M}"


class StagedUse(models.Model):
    """A line of a file of uses: an offer that is over, whom it was for, or that it was used.

    Emptied once it came in. Of a code there is the row that it names, and never what it says.
    """

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    row_no = models.BigIntegerField()
    role = models.CharField(max_length=12)
    what = models.CharField(max_length=6, choices=Staged)
    key = models.CharField(max_length=40)
    number = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=120, blank=True)
    sort = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    customer_id = models.BigIntegerField(null=True)
    receipt = models.CharField(max_length=200, blank=True)
    # When it was used; where a file says only the day, from its first to its last moment.
    used_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    offer_id = models.BigIntegerField(null=True)
    code_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False)
    # What keeps it from being taken, and the field to blame.
    field = models.CharField(max_length=12, blank=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["import_id", "what", "key"], name="offers_staged_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["import_id", "what", "number"], name="offers_staged_number"),
        ]

    def __str__(self) -> str:
        return f"row {self.row_no} of import {self.import_id}"
