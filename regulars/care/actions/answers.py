"""What customers answered: filed, changed, taken back; what is bad becomes a case at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BigAutoField
from django.utils.translation import gettext as _

from regulars.care.choices import CheckInState, Doubt, Heard, Measure
from regulars.care.errors import (
    AnswerEmpty,
    AnswerOfNobody,
    AnswerSettled,
    AnswerTooLong,
    MarkOutside,
    NothingBefore,
)
from regulars.care.events import AnswerFiled
from regulars.care.models import Answer, AnswerRules, AnswerVersion, CheckIn
from regulars.care.queries.answers import answer_rules, order_and_lateness
from regulars.care.warning_words import warning_in
from regulars.cases.actions import open_case, propose_right
from regulars.cases.choices import CaseKind
from regulars.cases.queries import case_of
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.core.prepared import Prepared
from regulars.customers.models import Customer

LONGEST = 4_000
LONGEST_ASKED = 300
# RELIABILITY C2.
CHANGEABLE_FOR = timedelta(days=7)
TWICE_WITHIN = timedelta(seconds=2)
# Best mark to worst.
SCALES = {5: 1, 7: 1, 10: 0}
_SAID = ("went_well", "not_right", "more", "mark", "scale", "measure")
MOST_MORE = 5
# One row of many columns: the number is all that is needed of it.
_LOCKED = Prepared(
    lambda pk: Customer.objects.select_for_update().filter(pk=pk, erased_at=None).only("pk"),
    BigAutoField(),
)
_KNOWN = Prepared(
    lambda customer: Answer.objects.filter(customer=customer).only("pk", "check_in_id"),
    BigAutoField(),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said: what went well, what was not right, a mark where they gave one; `more`:
    each question of the product's own, with what they said to it.
    """

    mark: int | None = None
    went_well: str = ""
    not_right: str = ""
    scale: int = 5
    more: tuple[tuple[str, str], ...] = ()
    measure: str = Measure.SATISFIED

    @property
    def words(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in _SAID}
        return told | {"more": [list(one) for one in self.more]}


def file_answer(
    check_in: CheckIn, said: Said, *, source: Heard, by: Actor, at: datetime, link: str = "",
    doubt: str = "", rules: AnswerRules | None = None,
) -> Answer:  # fmt: skip
    """File how it went after a delivery; a bad mark or certain words open a case with it.

    A check-in has one answer: what comes later changes it, and what stood there is kept. One with
    a `doubt` is set aside: it opens nothing, and changes none that counts.
    """
    said, rules = _looked_through(said), rules or answer_rules()
    with transaction.atomic():
        customer = _locked(check_in.customer_id)
        known = {one.check_in_id: one.pk for one in _KNOWN.all(customer.pk)}
        if check_in.pk in known:
            heard = _Heard(source, link, doubt, by, at)
            return _said_again(Answer.objects.get(pk=known[check_in.pk]), said, heard)
        order_id, late = order_and_lateness(check_in)
        answer = Answer.objects.create(
            check_in=check_in, customer=customer, order_id=order_id, was_late=late,
            source=source, doubt=doubt, link=link, member_id=by.member_id, said_at=at,
            recorded_at=at, is_newest=not doubt, **said.words,
        )  # fmt: skip
        audit.record("answered", answer, by=by, at=at, customer=customer.pk)
        if known:
            Answer.objects.filter(customer=customer).set_newest()
        return _followed(answer, check_in.product, rules, by=by, at=at)


def note_answer(
    customer: Customer, said: Said, *, source: Heard, by: Actor, at: datetime
) -> Answer:
    """Write down what a customer told one of us without having been asked after a delivery."""
    said = _looked_through(said)
    with transaction.atomic():
        customer = _locked(customer.pk)
        answer = Answer.objects.create(
            customer=customer,
            source=source,
            member_id=by.member_id,
            said_at=at,
            recorded_at=at,
            **said.words,
        )
        audit.record("answered", answer, by=by, at=at, customer=customer.pk)
        Answer.objects.filter(customer=customer).set_newest()
        return _followed(answer, "", answer_rules(), by=by, at=at)


def _looked_through(said: Said) -> Said:
    scale, mark = said.scale, said.mark
    if scale not in SCALES or (mark is not None and not SCALES[scale] <= mark <= scale):
        worst = SCALES.get(scale, 1)
        raise MarkOutside(_("The mark is a number from %(worst)s to %(best)s.") % {
            "worst": worst, "best": scale,
        })  # fmt: skip
    # PostgreSQL holds no NUL.
    well, wrong = (words.replace("\0", "").strip() for words in (said.went_well, said.not_right))
    more = tuple(
        (asked[:LONGEST_ASKED], words.replace("\0", "").strip())
        for asked, words in said.more[:MOST_MORE]
        if words.strip("\0 \r\n\t")
    )
    if max(len(well), len(wrong), *(len(words) for _asked, words in more)) > LONGEST:
        raise AnswerTooLong(
            _("That is longer than we can keep: %(most)s signs.") % {"most": LONGEST},
            _("Say the most important of it."),
        )
    if mark is None and not well and not wrong and not more:
        raise AnswerEmpty(_("Say something, or give a mark."))
    return Said(mark, well, wrong, scale, more, said.measure)


@dataclass(frozen=True, slots=True)
class _Heard:
    """How an answer came, from whom, and when."""

    source: Heard
    link: str
    doubt: str
    by: Actor
    at: datetime


def _locked(customer_id: int) -> Customer:
    """One at a time per customer: two answers in one second must not both be the first."""
    customer = _LOCKED.first(customer_id)
    if customer is None:
        raise AnswerOfNobody(_("This customer was erased."))
    return customer


def _said_again(standing: Answer, said: Said, heard: _Heard) -> Answer:
    doubt, at = heard.doubt, heard.at
    if said.words == _words_of(standing) and (standing.doubt == doubt or not standing.doubt):
        # Pressed twice.
        return standing
    is_by_them = heard.source == Heard.LINK and not standing.doubt
    if is_by_them and at >= standing.said_at + CHANGEABLE_FOR:
        raise AnswerSettled(
            _("An answer can be changed for seven days."), _("Call us, if something has changed.")
        )
    if is_by_them and at - (standing.changed_at or standing.said_at) < TWICE_WITHIN:
        # A program presses all there is; neither of the two is somebody's word.
        Answer.objects.filter(pk=standing.pk).update(doubt=Doubt.TWICE)
        _ask_again(standing)
        doubt = Doubt.TWICE
    if doubt and not standing.doubt:
        AnswerVersion.objects.create(
            answer=standing,
            source=heard.source,
            doubt=doubt,
            said_at=at,
            replaced_at=at,
            **said.words,
        )
        return Answer.objects.get(pk=standing.pk)
    return _changed(standing, said, heard)


def _changed(standing: Answer, said: Said, heard: _Heard) -> Answer:
    by, at = heard.by, heard.at
    _keep(standing, at)
    # What was set aside was nobody's word: it is said only now, and can be changed from now on.
    is_first = bool(standing.doubt) and not heard.doubt
    for name, value in said.words.items():
        setattr(standing, name, value)
    standing.source, standing.doubt = heard.source, heard.doubt
    standing.said_at, standing.changed_at = (at, None) if is_first else (standing.said_at, at)
    standing.member_id, standing.link = by.member_id, standing.link or heard.link
    standing.save()
    audit.record("changed", standing, by=by, at=at, customer=standing.customer_id)
    product = standing.check_in.product if standing.check_in else ""
    return _followed_anew(standing, product, by=by, at=at)


def _words_of(answer: Answer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in _SAID}


def _keep(answer: Answer, at: datetime) -> None:
    """What stands there now is a version from here on."""
    AnswerVersion.objects.create(
        answer=answer, source=answer.source, doubt=answer.doubt, member_id=answer.member_id,
        said_at=answer.changed_at or answer.said_at, replaced_at=at, **_words_of(answer),
    )  # fmt: skip


def _followed_anew(answer: Answer, product: str, *, by: Actor, at: datetime) -> Answer:
    """What follows from one that said something else before, or did not count."""
    Answer.objects.filter(customer=answer.customer_id).set_newest()
    rules = answer_rules()
    answer = _followed(answer, product, rules, by=by, at=at)
    if answer.doubt or case_words(answer, rules):
        return answer
    if case := case_of(answer.case_source):
        # They changed what they said: somebody is asked whether the case is over.
        propose_right(case, words=_good_words(answer), by=by, at=at)
    return answer


def _followed(
    answer: Answer, product: str, rules: AnswerRules, *, by: Actor, at: datetime
) -> Answer:
    """What follows from one that counts: its check-in is answered, and a bad one is a case."""
    if not answer.doubt:
        if answer.check_in_id is not None:
            CheckIn.objects.filter(pk=answer.check_in_id).update(
                state=CheckInState.ANSWERED,
                answered_at=answer.said_at,
                scale=answer.scale,
                measure=answer.measure,
            )
        if what := case_words(answer, rules):
            open_case(
                answer.customer, what=what, kind=CaseKind.COMPLAINT, source=answer.case_source,
                by=by, at=at, product=product, order=answer.order, received_at=answer.said_at,
            )  # fmt: skip
    announce(
        AnswerFiled(
            answer.pk, answer.customer_id, answer.mark, answer.scale, answer.source,
            is_doubtful=answer.is_doubtful,
        ),
        at=at,
    )  # fmt: skip
    return answer


def _good_words(answer: Answer) -> str:
    told = [_("They changed their answer.")]
    told.extend(_marked(answer))
    return "\n".join(one for one in (*told, answer.went_well or answer.not_right) if one)


def _marked(answer: Answer) -> list[str]:
    """Their mark in words, by what they were asked; nothing where they gave none."""
    if answer.mark is None:
        return []
    said = {
        Measure.RECOMMEND: _("Asked whether they would recommend us: %(mark)s of %(scale)s."),
        Measure.EFFORT: _("Asked whether we made it easy: %(mark)s of %(scale)s."),
    }.get(Measure(answer.measure), _("They gave %(mark)s of %(scale)s."))
    return [said % {"mark": answer.mark, "scale": answer.scale}]


def case_words(answer: Answer, rules: AnswerRules) -> str:
    """What a case says of an answer that opens one; empty where it opens none."""
    besides = [f"{asked} {words}" for asked, words in answer.more]
    # A question of ours may hold such a word; what they said to it is theirs.
    theirs = [words for _asked, words in answer.more]
    found = warning_in("\n".join([answer.not_right, answer.went_well, *theirs]), rules.words)
    if not found and not rules.is_bad(answer.mark, answer.scale):
        return ""
    told = [answer.not_right or answer.went_well, *besides]
    told.extend(_marked(answer))
    if found:
        told.append(_("They wrote “%(word)s”.") % {"word": found})
    return "\n".join(one for one in told if one)


@transaction.atomic
def take_back_answer(answer: Answer, *, by: Actor, at: datetime) -> None:
    """Undo what one of us wrote down last: what stood there before counts again, or nothing.

    A case that it opened stays: somebody may have called already.
    """
    _locked(answer.customer_id)
    answer = Answer.objects.select_for_update().get(pk=answer.pk)
    before = answer.versions.last()
    if before is None and answer.source in (Heard.LINK, Heard.IMPORT):
        raise NothingBefore(
            _("The customer said this, and nothing stood here before."),
            _("Set it aside, if it cannot be theirs."),
        )
    audit.record("took back", answer, by=by, at=at, customer=answer.customer_id)
    if before is None:
        _ask_again(answer)
        answer.delete()
        Answer.objects.filter(customer=answer.customer_id).set_newest()
        return
    kept: Mapping[str, Any] = {
        name: getattr(before, name) for name in (*_SAID, "source", "doubt", "member_id")
    }
    is_first = answer.versions.count() == 1
    Answer.objects.filter(pk=answer.pk).update(
        **kept, changed_at=None if is_first else before.said_at
    )
    before.delete()
    Answer.objects.filter(customer=answer.customer_id).set_newest()


def _ask_again(answer: Answer) -> None:
    """The check-in stands as before it was answered, and the answer before counts as the last."""
    Answer.objects.filter(customer=answer.customer_id).set_newest()
    theirs = CheckIn.objects.filter(answer=answer)
    theirs.filter(asked_at=None).update(state=CheckInState.DUE, answered_at=None)
    theirs.exclude(asked_at=None).update(state=CheckInState.ASKED, answered_at=None)


@transaction.atomic
def set_aside(answer: Answer, *, by: Actor, at: datetime) -> Answer:
    """Let an answer not count: it cannot be the customer's own."""
    answer = Answer.objects.select_for_update().get(pk=answer.pk)
    if answer.doubt:
        return answer
    answer.doubt = Doubt.BY_HAND
    answer.save(update_fields=["doubt"])
    _ask_again(answer)
    audit.record("set aside", answer, by=by, at=at, customer=answer.customer_id)
    return answer


@transaction.atomic
def count_after_all(answer: Answer, *, by: Actor, at: datetime) -> Answer:
    """Let an answer that was set aside count: somebody knows that it is the customer's."""
    answer = Answer.objects.select_for_update().get(pk=answer.pk)
    if not answer.doubt:
        return answer
    answer.doubt = ""
    answer.save(update_fields=["doubt"])
    audit.record("counted", answer, by=by, at=at, customer=answer.customer_id)
    product = answer.check_in.product if answer.check_in else ""
    return _followed_anew(answer, product, by=by, at=at)
