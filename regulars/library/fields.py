"""What texts may say of why we are different; what a list may ask of articles."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel
from regulars.core.asking_links import AskingLink, register_asking_link
from regulars.core.list_fields import (
    Column,
    EventPart,
    FieldKind,
    ListEvent,
    register_list_event,
)
from regulars.core.template_fields import TemplateField, Value, field_sources
from regulars.library.choices import LINK_MARK, Answer
from regulars.library.models import Statement
from regulars.library.queries.statements import stated
from regulars.team.queries import the_business

ARTICLES = _("Articles")
PROOF = _("Of 41 promises within twelve months, 39 were kept in time.")


def _answers() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Answer.choices]


def _channels() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in Channel.choices]


register_list_event(ListEvent(
    "article", ARTICLES, _("article"), _("articles"), "library.Share", "shared_at",
    parts=(
        EventPart("title", _("Title"), FieldKind.TEXT, Column("article__title")),
        EventPart("channel", _("Channel"), FieldKind.CHOICE, Column("channel"), _channels),
        EventPart("answer", _("What came back"), FieldKind.CHOICE, Column("answer"), _answers),
    ),
    is_moment=True,
))  # fmt: skip


register_asking_link(AskingLink(LINK_MARK, "article", "a", _("Link: the PDF of an article")))


def _statements() -> Iterator[TemplateField]:
    """Each statement and its proof as fields of texts: empty while nothing proves it."""
    for one in Statement.objects.all():
        name, is_away = f"why_{one.key}", one.archived_at is not None
        yield TemplateField(
            name, one.claim, one.claim, "", partial(_said, one.pk, False), is_archived=is_away
        )
        label = gettext("How we know: %(claim)s") % {"claim": one.claim}
        yield TemplateField(
            f"{name}_proof", label, PROOF, "", partial(_said, one.pk, True), is_archived=is_away
        )


def _said(
    statement_id: int, is_proof: bool, customer_ids: Sequence[int], at: datetime
) -> Mapping[int, Value]:
    """The same for everybody; nothing while no proof that is fresh enough stands for it."""
    business = the_business()
    day = business.day_of(at) if business else at.date()
    for one in stated(at, day):
        if one.statement.pk == statement_id and one.is_proved:
            words = one.how_we_know if is_proof else one.statement.claim
            return dict.fromkeys(customer_ids, words)
    return {}


field_sources.register("statements", _statements)
