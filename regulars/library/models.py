"""What we can tell people: articles and with whom they were shared; why we are different."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from regulars.consent.choices import Channel
from regulars.conversations.models import Touch
from regulars.core.key_fields import OneRowEach
from regulars.customers.models import Customer
from regulars.library.choices import Answer, ArticleKind, Because, ProofKind
from regulars.messaging.models import Message
from regulars.team.models import Member


class ArticleQuerySet(models.QuerySet["Article"]):
    def on_the_shelf(self) -> Self:
        """Those that were not put away."""
        return self.filter(archived_at=None)

    def true_on(self, day: date) -> Self:
        """On the shelf, and still true that day."""
        return self.on_the_shelf().filter(Q(true_until=None) | Q(true_until__gte=day))


class Article(models.Model):
    """Something worth reading, hearing or seeing: a text of our own, or one elsewhere.

    `body` is what we send where it is our own; of anything elsewhere it is what it says, in our
    words or copied, by which it is matched and which is never sent.
    """

    kind = models.CharField(max_length=5, choices=ArticleKind, default=ArticleKind.TEXT)
    title = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    body = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    # The last day on which it may be shared; nothing where it does not age.
    true_until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-created_at", "-id"], name="library_shelf", condition=Q(archived_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_own(self) -> bool:
        return self.kind == ArticleKind.TEXT

    def is_true_on(self, day: date) -> bool:
        return self.true_until is None or self.true_until >= day


class ArticleFile(models.Model):
    """The PDF of an article, where it is ours: kept here, so that a copy of the data has it too."""

    article = OneRowEach(Article, on_delete=models.CASCADE, primary_key=True, related_name="file")
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ArticleTopic(models.Model):
    """What an article is about, in the words in which customers' interests are noted."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="topics", db_index=False
    )
    topic = models.CharField(max_length=120)
    folded = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["article", "folded"], name="library_topic_once"),
        ]

    def __str__(self) -> str:
        return self.topic


class Fit(models.Model):
    """A customer whom an article fits, and why: worked out in the background, never by hand."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="fits", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    because = models.CharField(max_length=8, choices=Because)
    # The topic as it was noted, or what they bought.
    words = models.CharField(max_length=200)
    said_on = models.DateField(null=True)
    found_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "customer"], name="library_fit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} for {self.customer_id}"


class Share(models.Model):
    """An article that went to a customer: how, by whom, and what came back. Once for each."""

    id = models.BigAutoField(primary_key=True)
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="shares", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=8, choices=Channel)
    shared_at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # The line that was said or written with it.
    words = models.TextField(blank=True)
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="+"
    )  # fmt: skip
    touch = models.OneToOneField(Touch, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer_words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "customer"], name="library_share_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "-shared_at"], name="library_shares_of"),
            models.Index(fields=["article", "-shared_at"], name="library_shared"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} to {self.customer_id}"


class Statement(models.Model):
    """Why we are different, in one sentence; its proofs say since when and how we know."""

    key = models.CharField(max_length=40, unique=True)
    claim = models.CharField(max_length=300)
    position = models.PositiveIntegerField(default=0)
    # How long a proof stands for it, before it is said to be old.
    fresh_days = models.PositiveIntegerField(default=365)
    # Whether it is proposed as a line to say where it fits.
    is_said = models.BooleanField(default=True)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.claim


class Proof(models.Model):
    """What shows that a statement is true: words of a customer, promises kept, a fact."""

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=8, choices=ProofKind)
    words = models.TextField(blank=True)
    # Who said it, where one of ours may be named; nothing of a proof that counts.
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, related_name="+"
    )  # fmt: skip
    proved_on = models.DateField(null=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.kind} for {self.statement_id}"
