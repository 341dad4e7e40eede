"""How it went, as customers said it; and what makes an answer a case."""

from datetime import UTC, datetime
from typing import Self

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, When

from regulars.care.choices import Doubt, Heard, MarkKind, Measure
from regulars.care.models.check_ins import CheckIn
from regulars.customers.models import Customer
from regulars.orders.models import Order
from regulars.team.models import Member


class AnswerQuerySet(models.QuerySet["Answer"]):
    def counted(self) -> Self:
        """Those that count: not the doubtful ones."""
        return self.filter(doubt="")

    def marked(self) -> Self:
        """Those that count and carry a mark."""
        return self.counted().filter(mark__isnull=False)

    def before_key(self, moment: int, pk: int) -> Self:
        """What follows a row in the order of the newest first; the moment in microseconds."""
        said_at = datetime.fromtimestamp(moment // 1_000_000, UTC).replace(
            microsecond=moment % 1_000_000
        )
        return self.filter(Q(said_at__lt=said_at) | Q(said_at=said_at, pk__lt=pk))

    def set_newest(self) -> int:
        """Of each customer among these, mark the newest that counts as the newest, and no other."""
        theirs = Answer.objects.counted().filter(customer=OuterRef("customer"))
        newest = theirs.order_by("-said_at", "-pk").values("pk")[:1]
        return self.update(is_newest=Case(When(pk=Subquery(newest), then=True), default=False))


class Answer(models.Model):
    """How it went, as a customer said it: one answer a check-in, with what stood there before.

    `was_late` says whether what it is about came after the day that we had promised; None where
    nobody knows.
    """

    id = models.BigAutoField(primary_key=True)
    check_in = models.OneToOneField(
        CheckIn, on_delete=models.SET_NULL, null=True, related_name="answer"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="answers", db_index=False
    )
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="+")
    was_late = models.BooleanField(null=True)
    went_well = models.TextField(blank=True)
    not_right = models.TextField(blank=True)
    # What else was asked of this product, each question with what they said.
    more: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField())
    )
    mark = models.PositiveSmallIntegerField(null=True)
    # The best mark: 1 to 5, 1 to 7, or 0 to 10; and what it is a mark of.
    scale = models.PositiveSmallIntegerField(default=5)
    measure = models.CharField(
        max_length=9, choices=Measure, default=Measure.SATISFIED, db_default=Measure.SATISFIED
    )
    source = models.CharField(max_length=6, choices=Heard)
    # A code (`Doubt`) where it is set aside; empty where it counts.
    doubt = models.CharField(max_length=7, choices=Doubt, blank=True)
    # The link by which it came: sent again by the same it is the same answer.
    link = models.CharField(max_length=60, blank=True)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    # From which file's system it is, and its number there.
    origin = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    # The newest of its customer that counts: what lists show.
    is_newest = models.BooleanField(default=False)
    # It came from a file, is no history, and nobody has looked yet whether it is a case.
    is_unread = models.BooleanField(default=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="care_mark_in_scale",
                condition=Q(mark=None)
                | Q(scale=5, mark__gte=1, mark__lte=5)
                | Q(scale=7, mark__gte=1, mark__lte=7)
                | Q(scale=10, mark__gte=0, mark__lte=10),
            ),
            models.UniqueConstraint(
                fields=["link"], condition=~Q(link=""), name="care_answer_link_once"
            ),
            models.UniqueConstraint(
                fields=["origin", "external_id"], condition=~Q(external_id=""),
                name="care_answer_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["customer", "-said_at", "-id"], name="care_answers_of_one"),
            models.Index(fields=["-said_at", "-id"], name="care_answers_newest"),
            # All that the means count: the words stay unread.
            models.Index(
                name="care_answers_marks",
                fields=["said_at", "measure", "scale", "was_late", "mark", "source"],
                condition=Q(doubt="", mark__isnull=False),
            ),
            models.Index(
                fields=["-said_at", "-id"], condition=~Q(doubt=""), name="care_answers_doubtful"
            ),
            models.Index(fields=["id"], condition=Q(is_unread=True), name="care_answers_unread"),
            models.Index(
                fields=["mark", "customer"], condition=Q(is_newest=True), name="care_answers_last"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.mark} of {self.scale} by {self.customer_id}"

    @property
    def is_doubtful(self) -> bool:
        return bool(self.doubt)

    @property
    def case_source(self) -> str:
        """Under which name the case that it opened is known."""
        return f"answer:{self.pk}"


class AnswerVersion(models.Model):
    """An answer as it stood before it was changed; or one that was set aside beside it."""

    id = models.BigAutoField(primary_key=True)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="versions")
    went_well = models.TextField(blank=True)
    not_right = models.TextField(blank=True)
    # What else was asked of this product, each question with what they said.
    more: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField())
    )
    mark = models.PositiveSmallIntegerField(null=True)
    scale = models.PositiveSmallIntegerField(default=5)
    measure = models.CharField(
        max_length=9, choices=Measure, default=Measure.SATISFIED, db_default=Measure.SATISFIED
    )
    source = models.CharField(max_length=6, choices=Heard)
    doubt = models.CharField(max_length=7, choices=Doubt, blank=True)
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.mark} before {self.replaced_at}"


class AnswerRules(models.Model):
    """What makes an answer a case, and what we ask of those who answer (one row, id 1)."""

    scale = models.PositiveSmallIntegerField(default=5)
    measure = models.CharField(
        max_length=9, choices=Measure, default=Measure.SATISFIED, db_default=Measure.SATISFIED
    )
    bad_of_five = models.PositiveSmallIntegerField(default=2)
    # “Somewhat disagree” that we made it easy, and worse.
    bad_of_seven = models.PositiveSmallIntegerField(default=3, db_default=3)
    bad_of_ten = models.PositiveSmallIntegerField(default=6)
    # By language, words that open a case whatever the mark; a language left out has our own.
    words: "models.JSONField[dict[str, list[str]], dict[str, list[str]]]" = models.JSONField(
        default=dict
    )
    # So many days after a late delivery the silence of a core customer is a case; none: never.
    silence_days = models.PositiveSmallIntegerField(null=True, default=7)
    asks_review = models.BooleanField(default=False)
    review_url = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="care_one_answer_rules"),
            models.CheckConstraint(
                condition=Q(
                    scale__in=[5, 7, 10],
                    bad_of_five__lte=5,
                    bad_of_seven__lte=7,
                    bad_of_ten__lte=10,
                ),
                name="care_answer_scales",
            ),
        ]

    def __str__(self) -> str:
        return f"of {self.scale}"

    def is_bad(self, mark: int | None, scale: int) -> bool:
        """Whether a mark is one after which somebody should call."""
        bad = {5: self.bad_of_five, 7: self.bad_of_seven}.get(scale, self.bad_of_ten)
        return mark is not None and mark <= bad

    @property
    def marks(self) -> MarkKind:
        return MarkKind.of(self.measure, self.scale)


class StagedAnswer(models.Model):
    """An answer as one import's files have it, before it is brought in; emptied afterwards."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    ref = models.CharField(max_length=200)
    row_no = models.BigIntegerField()
    order_ref = models.CharField(max_length=200, blank=True)
    buyer = models.CharField(max_length=340, blank=True)
    said_at = models.DateTimeField()
    mark = models.PositiveSmallIntegerField(null=True)
    scale = models.PositiveSmallIntegerField()
    measure = models.CharField(
        max_length=9, choices=Measure, default=Measure.SATISFIED, db_default=Measure.SATISFIED
    )
    went_well = models.TextField(blank=True)
    not_right = models.TextField(blank=True)
    customer_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    check_in_id = models.BigIntegerField(null=True)
    was_late = models.BooleanField(null=True)
    answer_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_id", "ref"], name="care_staged_answer_once"),
        ]

    def __str__(self) -> str:
        return self.ref
