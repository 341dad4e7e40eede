"""On which ground we write: the presets of the country, and what an owner chose instead."""

from collections.abc import Mapping

from babel.lists import format_list
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.consent.actions import choose_ground
from regulars.consent.choices import Channel, Purpose
from regulars.consent.errors import GroundUnfit, OnlyOwners
from regulars.consent.forms import GroundForm
from regulars.consent.grounds import GroundRule, grounds_now
from regulars.consent.models import GroundChoice
from regulars.consent.queries import is_decider_of_grounds, own_grounds
from regulars.core import clock
from regulars.team.choices import countries
from regulars.team.queries import signed_in_member, the_named_business


@require_http_methods(["GET", "POST"])
def grounds(request: HttpRequest) -> HttpResponse:
    """Every purpose in every channel with what it rests on; an owner may choose otherwise."""
    actor = signed_in_member(request).actor
    if request.method == "POST" and not is_decider_of_grounds(actor):
        raise OnlyOwners(_("Only an owner decides on which ground we write."))
    form = GroundForm(request.POST or None)
    if form.is_valid():
        try:
            choose_ground(**form.cleaned_data, by=actor, at=clock.now())
            messages.success(request, _("Kept. What goes out from now on follows it."))
            return redirect("consent:grounds")
        except GroundUnfit as no:
            form.add_error("ground", f"{no.sentence} {no.remedy}".strip())
    shown = {
        "form": form,
        "may_decide": is_decider_of_grounds(actor),
        "channels": _by_channel(),
        "country": dict(countries()).get(the_named_business().country, ""),
    }
    return render(request, "consent/grounds.html", shown, status=422 if form.errors else 200)


def _by_channel() -> list[dict[str, object]]:
    """Purposes that rest on the same rule share a row."""
    rules, own = grounds_now(), own_grounds()
    return [{"channel": channel, "rows": _rows(channel, rules, own)} for channel in Channel]


def _rows(
    channel: Channel,
    rules: Mapping[tuple[str, str], GroundRule],
    own: Mapping[tuple[str, str], GroundChoice],
) -> list[tuple[str, GroundRule, GroundChoice | None]]:
    alike: dict[tuple[GroundRule, int | None], list[str]] = {}
    for purpose in Purpose:
        choice = own.get((channel.value, purpose.value))
        key = (rules[channel.value, purpose.value], choice.pk if choice else None)
        alike.setdefault(key, []).append(str(purpose.label))
    choices = {choice.pk: choice for choice in own.values()}
    locale = to_locale(get_language() or "en")
    return [
        (format_list(labels, locale=locale), rule, choices.get(pk) if pk else None)
        for (rule, pk), labels in alike.items()
    ]
