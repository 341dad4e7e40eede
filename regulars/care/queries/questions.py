"""What is asked after which product."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from regulars.care.choices import MarkKind
from regulars.care.errors import QuestionsNotFound
from regulars.care.models import AnswerRules, CheckIn, ProductQuestions
from regulars.care.products import keys_of, words_key
from regulars.care.queries.answers import answer_rules
from regulars.core.prepared import Prepared
from regulars.team.queries import the_named_business


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is said of products: one of them before a group, long words before short."""

    sets: Sequence[ProductQuestions] = ()

    def of(self, sku: str, product: str) -> ProductQuestions | None:
        keys, words = keys_of(sku, product), words_key(product)
        return next((one for one in self.sets if one.is_about(keys, words)), None)

    def marks_of(self, sku: str, product: str) -> MarkKind | None:
        """Which marks are asked for of this product; None as everywhere."""
        found = self.of(sku, product)
        return found.marks if found is not None else None

    def is_asked(self, sku: str, product: str) -> bool:
        found = self.of(sku, product)
        return found is None or found.is_asked


_QUESTIONS = Prepared(lambda: ProductQuestions.objects.filter(is_gone=False))


def the_catalogue() -> Catalogue:
    return Catalogue(
        sorted(_QUESTIONS.all(), key=lambda one: (one.is_group, -len(one.key), one.pk))
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """What one check-in asks beside what is asked always, and which marks."""

    marks: MarkKind
    questions: Sequence[str] = ()
    # What they sent back: how that went is asked as well.
    returned: str = ""

    @property
    def scale(self) -> int:
        return self.marks.scale

    @property
    def measure(self) -> str:
        return self.marks.measure


def asking_of(
    check_in: CheckIn | None, language: str = "", rules: AnswerRules | None = None
) -> Asking:
    """What we ask of somebody after this delivery, in their language if we have it."""
    usual = (rules or answer_rules()).marks
    if check_in is None:
        return Asking(usual)
    if check_in.scale:
        usual = MarkKind.of(check_in.measure, check_in.scale)
    found = the_catalogue().of(check_in.sku, check_in.product)
    if found is None:
        return Asking(usual, (), check_in.returned)
    ours = tuple(the_named_business().languages)
    asked = found.asked_in((language, *ours, *found.questions))
    own = None if check_in.scale else found.marks
    return Asking(own or usual, asked, check_in.returned)


def questions_shown() -> QuerySet[ProductQuestions]:
    """Every product and group with questions of its own, as a page lists them."""
    return ProductQuestions.objects.filter(is_gone=False).order_by("words", "pk")


def questions_of(questions_id: int) -> ProductQuestions:
    found = ProductQuestions.objects.filter(pk=questions_id).first()
    if found is None:
        raise QuestionsNotFound
    return found
