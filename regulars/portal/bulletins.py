"""Asking something about a bulletin, from its public page."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.bulletins.actions.asking import LONGEST, take_question
from regulars.bulletins.errors import BulletinClosed
from regulars.bulletins.public_pages import address_of
from regulars.bulletins.queries import public_bulletin
from regulars.core import clock
from regulars.portal.pages import asked_from, gone, page
from regulars.team.queries import the_named_business


class AskForm(forms.Form):
    """One question; nobody has to say who they are."""

    words = forms.CharField(
        label=_("What would you like to know?"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write what you would like to know."),
            "max_length": _("Say it in 500 letters, or call us."),
        },
    )  # fmt: skip
    # People do not see it; programs that fill in every field do.
    website = forms.CharField(required=False)


# Nobody is signed in here: there is nothing that another site could do in somebody's name.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; whoever sends it reads the same, whatever became of it."""
    bulletin = public_bulletin(slug)
    if bulletin is None:
        return gone(request)
    form = AskForm(request.POST if request.method == "POST" else None, label_suffix="")
    shown = {"business": the_named_business(), "bulletin": bulletin, "form": form}
    shown["address"] = address_of(bulletin)
    if request.method != "POST":
        return page(request, "ask", shown)
    if not form.is_valid():
        return page(request, "ask", shown, status=422)
    if not form.cleaned_data["website"]:
        try:
            words, place = form.cleaned_data["words"], asked_from(request)
            take_question(bulletin, words, asked_from_ip=place, at=clock.now())
        except BulletinClosed:
            return gone(request)
    return page(request, "was_asked", shown)
