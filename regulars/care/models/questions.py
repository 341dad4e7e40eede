"""What we ask after one product or a group of them, beside what we ask always."""

from django.db import models
from django.db.models import Q

from regulars.care.choices import MarkKind, Measure


class ProductQuestions(models.Model):
    """What is asked after a product, or after every one whose words hold some.

    “What went well?” comes first and “is anything not right?” after it, whatever stands here.
    """

    # A product's number or its words; of a group, words that stand in theirs.
    words = models.CharField(max_length=100)
    # The same, as it is compared.
    key = models.CharField(max_length=100)
    is_group = models.BooleanField(default=False)
    # Nobody is asked how it went with what is switched off.
    is_asked = models.BooleanField(default=True)
    # The best mark: 5, 7 or 10; none, as everywhere.
    scale = models.PositiveSmallIntegerField(null=True)
    measure = models.CharField(
        max_length=9, choices=Measure, default=Measure.SATISFIED, db_default=Measure.SATISFIED
    )
    # By language, in their order.
    questions: "models.JSONField[dict[str, list[str]], dict[str, list[str]]]" = models.JSONField(
        default=dict
    )
    # Forgotten; kept, so that it can be taken back.
    is_gone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "is_group"], condition=Q(is_gone=False), name="care_questions_once"
            ),
            models.CheckConstraint(
                condition=Q(scale=None) | Q(scale__in=[5, 7, 10]), name="care_questions_scale"
            ),
        ]

    def __str__(self) -> str:
        return self.words

    def is_about(self, keys: tuple[str, ...], words: str) -> bool:
        """Whether a product of these keys and words is meant."""
        if self.is_group:
            return f" {self.key}" in f" {words}"
        return self.key in keys

    @property
    def marks(self) -> MarkKind | None:
        """Which marks are asked for; None as everywhere."""
        return MarkKind.of(self.measure, self.scale) if self.scale else None

    def asked_in(self, languages: tuple[str, ...]) -> list[str]:
        """The questions in the first of these languages that has any."""
        return next((said for one in languages if (said := self.questions.get(one))), [])
