"""By which words each theme is found: everybody may read it, an owner changes it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.learning.actions.themes import (
    add_theme,
    change_theme,
    forget_theme,
    switch_theme,
    take_back_theme,
)
from regulars.learning.forms import ThemeForm
from regulars.learning.models import Theme
from regulars.learning.queries.themes import every_theme, is_word_setter, theme_called
from regulars.learning.views.themes import parts_of, seeing, there


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every theme with how many words it has, those switched off too."""
    actor = seeing(request)
    shown = {
        "parts": parts_of(actor, "words"), "themes": every_theme(), "may_set": is_word_setter(actor)
    }  # fmt: skip
    return render(request, "learning/words.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A theme of the business's own."""
    actor = seeing(request)
    if not is_word_setter(actor):
        raise NotAllowed(_("Only an owner says by which words a theme is found."))
    form = ThemeForm(request.POST or None, initial={"bad": request.GET.get("words", "")[:500]})
    if form.is_valid():
        try:
            row = add_theme(
                form.cleaned_data["name"], form.words(), by=actor, at=clock.now()
            )  # fmt: skip
            return _kept(request, row)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
    shown = {"form": form, "may_set": True}
    return render(request, "learning/change_theme.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """The words of one theme."""
    actor, theme = seeing(request), theme_called(key)
    may_set = is_word_setter(actor)
    if request.method == "POST" and not may_set:
        raise NotAllowed(_("Only an owner says by which words a theme is found."))
    form = ThemeForm(request.POST) if request.method == "POST" else ThemeForm.of(theme)
    if form.is_bound and form.is_valid():
        try:
            name, words = form.cleaned_data["name"], form.words()
            return _kept(request, change_theme(key, name, words, by=actor, at=clock.now()))
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
    for field in form.fields.values():
        field.disabled = not may_set
    shown = {"form": form, "theme": theme, "may_set": may_set}
    return render(request, "learning/change_theme.html", shown, status=422 if form.errors else 200)


def _kept(request: HttpRequest, row: Theme) -> HttpResponse:
    said = _("Kept. What customers wrote is read by these words now.")
    messages.success(request, said, extra_tags=_back_of(row))
    return redirect("learning:words")


@require_POST
def switch(request: HttpRequest, key: str) -> HttpResponse:
    """Leave a theme out, or let it count again."""
    is_off = request.POST.get("is_off", "") == "1"
    row = switch_theme(key, is_off=is_off, by=seeing(request), at=clock.now())
    said = _("Switched off: it is looked for no more.") if is_off else _("It is looked for again.")
    return answer_change(
        request, said, changed="themes-changed", back_to=there("words"), undo=_back_of(row)
    )


@require_POST
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Ours as it came along again; one of the business's own gone."""
    theme = theme_called(key)
    forget_theme(key, by=seeing(request), at=clock.now())
    said = _("As it came along again.") if theme.is_ours else _("The theme is gone.")
    return answer_change(request, said, changed="themes-changed", back_to=there("words"))


@require_POST
def back(request: HttpRequest, key: str, stamp: int) -> HttpResponse:
    """Undo what was changed last."""
    # No clock reaches further: whoever typed more asks for nothing that was.
    moment = datetime.fromtimestamp(min(stamp, 32_503_680_000), UTC)
    take_back_theme(key, changed_at=moment, by=seeing(request), at=clock.now())
    return answer_change(
        request, _("Taken back."), changed="themes-changed", back_to=there("words")
    )


def _back_of(row: Theme) -> str:
    return reverse("learning:back_theme", args=[row.key, int(row.changed_at.timestamp())])
