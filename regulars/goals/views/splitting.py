"""Break-even shared out among groups: what past shares say, changed by hand, offered to all."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.goals.actions.goals import set_goals
from regulars.goals.errors import OnlyOwners
from regulars.goals.forms.splitting import SplitForm, WayForm
from regulars.goals.queries.breaking_even import is_setter
from regulars.goals.queries.splitting import split_of
from regulars.goals.words import amount
from regulars.insight.plates.plate import month_words
from regulars.team.queries import signed_in_member, the_named_business


@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest) -> HttpResponse:
    """Which group has to bring how much of a month's break-even."""
    actor = signed_in_member(request).actor
    if not is_setter(actor):
        raise OnlyOwners
    business = the_named_business()
    today = business.day_of(clock.now())
    way = WayForm(request.GET.dict(), today=today)
    first, by = way.chosen(today)
    shown = {"way": way if way.is_bound else WayForm(today=today), "month": month_words(first)}
    try:
        found = split_of(business, today, first, by)
    except Refusal as no:
        return render(request, "goals/split.html", {**shown, "problem": no})
    told = request.POST if request.method == "POST" else None
    form = SplitForm(told, split=found, currency=business.currency)
    if form.is_bound and form.is_valid():
        try:
            count = len(set_goals(form.told(), by=actor, at=clock.now()))
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            said = ngettext("%(count)s goal is set.", "%(count)s goals are set.", count)
            return answer_change(
                request, said % {"count": count}, changed="goals-changed",
                back_to=reverse("goals:home"),
            )  # fmt: skip
    rows = [
        {**row, "past": amount(row["part"].past_minor, business.currency)} for row in form.rows()
    ]
    shown |= {
        "form": form, "rows": rows, "need": amount(found.need_minor, business.currency),
        "says": _("%(month)s has to bring %(need)s so that nothing is lost.")
        % {"month": month_words(first), "need": amount(found.need_minor, business.currency)},
        "since": found.since, "until": found.until,
    }  # fmt: skip
    return render(request, "goals/split.html", shown, status=422 if form.errors else 200)
