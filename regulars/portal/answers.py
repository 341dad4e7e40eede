"""How it went, asked after a delivery: one page, opened by a link of their own."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import BigAutoField
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.care.actions.answers import LONGEST, SCALES, Said, case_words, file_answer
from regulars.care.choices import Doubt, Heard, Measure
from regulars.care.errors import AnswerEmpty, AnswerSettled, AnswerTooLong, MarkOutside
from regulars.care.models import Answer, AnswerRules, CheckIn
from regulars.care.queries.answers import answer_rules
from regulars.care.queries.questions import Asking, asking_of
from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.core.prepared import Prepared
from regulars.core.signed_links import Link, read_link
from regulars.portal.answer_words import NAMES, asking_words, language_for, says_nothing
from regulars.portal.pages import gone, page
from regulars.portal.visits import THEMSELVES, makes_void, wish_of
from regulars.team.models import Business
from regulars.team.queries import business_kept, the_named_business

# RELIABILITY C2: nobody has read a message by then, or a page.
SOON, AT_ONCE = timedelta(seconds=10), timedelta(seconds=1)
_CHECK_IN = Prepared(lambda pk: CheckIn.objects.filter(pk=pk), BigAutoField())
SAYS = {AnswerEmpty: "empty", MarkOutside: "outside", AnswerTooLong: "too_long",
        AnswerSettled: "settled"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link is about: one check-in, and how the business wants to hear of it."""

    link: Link
    check_in: CheckIn
    rules: AnswerRules
    asking: Asking
    business: Business
    language: str
    token: str

    def shown(self) -> dict[str, object]:
        """All that the page needs; nothing of it tells who is asked."""
        scale, measure = self.asking.scale, self.asking.measure
        words = {**asking_words(self.language)}
        if measure != Measure.SATISFIED:
            words |= {"mark": words[f"mark_{measure}"], "scale": words[f"scale_{measure}"]}
        places = {
            "business": self.business.name, "worst": SCALES[scale], "best": scale, "most": LONGEST,
        }  # fmt: skip
        return {
            "business": self.business, "sign": self.sign, "token": self.token,
            "language": self.language,
            "say": {name: text % places if "%(" in text else text for name, text in words.items()},
            "others": [
                (one, NAMES[one]) for one in _written(self.business) if one != self.language
            ],
            "marks": range(SCALES[scale], scale + 1), "longest": LONGEST,
            "is_late": self.check_in.is_late, "more": self.more({}),
            "is_partial": self.check_in.is_partial,
        }  # fmt: skip

    def tapped(self, told: str) -> int | None:
        """The mark that was tapped in the mail: one of another question says nothing of this."""
        sign = self.sign
        return _mark_of(told.removeprefix(sign)) if told.startswith(sign) else None

    @property
    def sign(self) -> str:
        """What stands before a mark in an address, so that it is one of this question."""
        return {Measure.RECOMMEND: "r", Measure.EFFORT: "e"}.get(Measure(self.asking.measure), "")

    def more(self, given: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """What is asked of this product besides: its name in the form, the question, the words."""
        questions = list(self.asking.questions)
        if self.asking.returned:
            # What it was stays with us: nothing of theirs stands on a page that a link opens.
            questions.append(asking_words(self.language)["returned"])
        asked = ((f"more_{nth}", one) for nth, one in enumerate(questions))
        return [(name, question, given.get(name, "")) for name, question in asked]


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows the questions and nothing of anybody; pressing files the answer."""
    at = clock.now()
    link = read_link("check_in", token, at)
    if link is None:
        return gone(request)
    # A wave of answers comes at once: what holds for all of them is read once for each.
    with business_kept(the_named_business()):
        asked = _asked(request, token, link)
        return gone(request) if asked is None else _answered(request, asked, at)


def _answered(request: HttpRequest, asked: Asked, at: datetime) -> HttpResponse:
    token = asked.token
    if request.method != "POST":
        shown = {"mark": asked.tapped(request.GET.get("m", "")), "seal": seal_of(token, at)}
        return page(request, "answer", asked.shown() | shown)
    names = ["mark", "went_well", "not_right", *(name for name, _asked, _said in asked.more({}))]
    given = {name: request.POST.get(name, "") for name in names}
    try:
        filed = _filed(asked, given, request.POST.get("seen", ""), at)
    except Refusal as no:
        return _asked_again(request, asked, given, no, at)
    return page(request, "answered", asked.shown() | _thanks(filed, asked.rules))


def _asked(request: HttpRequest, token: str, link: Link) -> Asked | None:
    check_in = _check_in_of(link)
    if check_in is None:
        return None
    wish = wish_of(check_in.customer_id)
    if makes_void(wish, link):
        return None
    business = the_named_business()
    accepted = request.headers.get("Accept-Language", "")
    known = wish.language if wish else ""
    language = language_for(request.GET.get("l", ""), known, accepted, _written(business))
    rules = answer_rules()
    asking = asking_of(check_in, language, rules)
    return Asked(link, check_in, rules, asking, business, language, token)


def _written(business: Business) -> list[str]:
    return [one for one in business.languages if one in NAMES] or ["en"]


def _filed(asked: Asked, given: dict[str, str], seen: str, at: datetime) -> Answer:
    mark = _mark_of(given["mark"])
    if given["mark"].strip() and mark is None:
        raise MarkOutside(_("The mark is none of the scale."))
    more = tuple((question, words) for _name, question, words in asked.more(given))
    said = Said(
        mark, given["went_well"], given["not_right"], asked.asking.scale, more, asked.asking.measure
    )
    return file_answer(
        asked.check_in, said, source=Heard.LINK, link=_name_of(asked),
        doubt=_doubt(asked, seen, at), rules=asked.rules, by=THEMSELVES, at=at,
    )  # fmt: skip


def _check_in_of(link: Link) -> CheckIn | None:
    """The check-in whose number it is; a merge takes it along, an erasing takes it away."""
    return _CHECK_IN.first(link.customer_id)


def _name_of(asked: Asked) -> str:
    """By the same link the same answer is changed, however often it is sent."""
    return (
        asked.link.message_id or f"{asked.link.customer_id}:{int(asked.link.made_at.timestamp())}"
    )


def _mark_of(told: str) -> int | None:
    """A whole number as it was tapped; what is none, is no mark."""
    told = told.strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 3 else None


def seal_of(token: str, at: datetime) -> str:
    """When the page was shown, as only our page can say it; nothing is kept of the looking."""
    shown = f"{at.timestamp():.1f}"
    return f"{shown}-{_mac(token, shown)}"


def _mac(token: str, shown: str) -> str:
    return salted_hmac("portal.answer", f"{token}:{shown}", algorithm="sha256").hexdigest()[:32]


def _doubt(asked: Asked, seen: str, at: datetime) -> str:
    """Why this answer is none that somebody gave; empty where it may be."""
    shown, _dash, mac = seen.partition("-")
    if not hmac.compare_digest(mac.encode(), _mac(asked.token, shown).encode()):
        return Doubt.NO_PAGE
    looked_at = datetime.fromtimestamp(float(shown), UTC)
    if at - looked_at < AT_ONCE:
        return Doubt.AT_ONCE
    # The link is made in the moment in which its message leaves.
    return Doubt.SOON if asked.link.message_id and at - asked.link.made_at < SOON else ""


def _asked_again(
    request: HttpRequest, asked: Asked, given: dict[str, str], no: Refusal, at: datetime
) -> HttpResponse:
    """What is missing, in a sentence, with what they typed."""
    words = asked.shown()
    kept_words = {name: text[:LONGEST] for name, text in given.items()}
    kept = kept_words | {"mark": _mark_of(given["mark"])}
    say = words["say"]
    problem = say[SAYS[type(no)]] if isinstance(say, dict) and type(no) in SAYS else no.sentence
    shown = {**kept, "more": asked.more(kept_words), "problem": problem,
             "seal": seal_of(asked.token, at)}  # fmt: skip
    return page(request, "answer", words | shown, status=422)


def _thanks(filed: Answer, rules: AnswerRules) -> dict[str, object]:
    """Thanks that fit; whoever answers is asked for a public review, or nobody is.

    That one of us gets in touch is said only where a case makes sure of it.
    """
    wrong = "" if says_nothing(filed.not_right) else filed.not_right
    if not filed.doubt and case_words(filed, rules):
        which = "thanks_bad"
    elif wrong:
        which = "thanks_wrong"
    elif filed.went_well or filed.mark == filed.scale:
        which = "thanks_good"
    else:
        which = "thanks_plain"
    return {"thanks": which, "review_url": rules.review_url if rules.asks_review else ""}
