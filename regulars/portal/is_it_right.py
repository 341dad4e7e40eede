"""Whether it is right now: a page of one tap, opened by the link of one case."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.cases.actions import LONGEST, confirm_case, reopen_case
from regulars.cases.choices import Entry
from regulars.cases.models import Case, CaseEntry
from regulars.core import clock
from regulars.core.signed_links import Link, read_link
from regulars.portal.pages import gone, page
from regulars.portal.visits import THEMSELVES, is_void_for
from regulars.team.queries import the_named_business

VERDICTS = ("yes", "no")


# Nobody is signed in here, and the token in the address is the secret.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def is_it_right(request: HttpRequest, token: str) -> HttpResponse:
    """Looking shows the question and nothing of anybody; pressing keeps the answer."""
    at = clock.now()
    case = _case_of(read_link("case", token, at))
    if case is None:
        return gone(request)
    shown = {"business": the_named_business(), "token": token, "longest": LONGEST}
    if request.method != "POST":
        return page(request, "is_it_right", shown)
    verdict, words = request.POST.get("right", ""), request.POST.get("words", "")
    if verdict not in VERDICTS:
        shown |= {"problem": _("Choose one, then send it."), "words": words[:LONGEST]}
        return page(request, "is_it_right", shown, status=422)
    is_right = verdict == "yes"
    if not case.is_waiting:
        confirm_case(case, is_right=is_right, words=words, by=THEMSELVES, at=at)
    elif not is_right:
        # Sent twice, or said once more: it waits for us already, and the words are kept.
        _say_more(case, words)
    return page(request, "was_it_right", shown | {"is_right": is_right})


def _say_more(case: Case, words: str) -> None:
    words = words.strip()
    if words and not case.entries.filter(words=words[:LONGEST]).exists():
        reopen_case(case, words=words, by=THEMSELVES, at=clock.now())


def _case_of(link: Link | None) -> Case | None:
    """Which case a link is about; nothing where its customer is known no more."""
    if link is None:
        return None
    told = CaseEntry.objects.filter(pk=link.customer_id, kind=Entry.TOLD)
    there = told.filter(case__customer__erased_at=None, case__customer__deleted_at=None)
    entry = there.select_related("case__customer").first()
    if entry is None or is_void_for(entry.case.customer_id, link):
        return None
    return entry.case
