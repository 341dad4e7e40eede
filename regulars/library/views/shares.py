"""Sharing an article with one customer, and what came back; the panel on their page."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.consent.choices import Channel, Purpose
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.library.actions.mailing import write_to_all
from regulars.library.actions.shares import (
    note_answer,
    share_by_mail,
    share_in_person,
    take_back_share,
)
from regulars.library.choices import Answer
from regulars.library.forms import TOLD_BY, MailForm, ShareForm
from regulars.library.models import Article, Share
from regulars.library.panel import panel_of
from regulars.library.queries.articles import article_for, share_for, told_by
from regulars.library.queries.mailed import whom_it_fits
from regulars.library.queries.people import articles_for, lately_bought
from regulars.library.rules import may_see_bought, may_see_fits, require_keep, require_share
from regulars.library.sentences import line_for, why_it_fits
from regulars.messaging.queries import verdict_preview
from regulars.team.queries import signed_in_member

# As long as a toast stands with its Undo, a mail has not left.
UNDONE_WITHIN = timedelta(seconds=10)


@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, article_id: int, customer_id: int) -> HttpResponse:
    """Share an article with somebody: by e-mail with a line, or say that they were told."""
    actor = signed_in_member(request).actor
    require_share(actor)
    customer, article = customer_for(actor, customer_id), article_for(article_id)
    why, line = _why(article, customer, actor)
    said = request.POST if request.method == "POST" else None
    form = ShareForm(said, initial={"words": line})
    if form.is_bound and form.is_valid():
        try:
            return _shared(request, article, customer, form, actor)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    shown = {
        "article": article, "customer": customer, "form": form, "why": why,
        "verdict": verdict_preview(customer, Purpose.EDUCATE, Channel.EMAIL, clock.now()),
        "ways": [(one.value, one.label) for one in TOLD_BY],
    }  # fmt: skip
    return render(request, "library/share.html", shown, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest, article_id: int) -> HttpResponse:
    """An article to all whom it fits: a line, and then the look at the mailing before it leaves."""
    actor = signed_in_member(request).actor
    require_keep(actor)
    article, now = article_for(article_id), clock.now()
    said = request.POST if request.method == "POST" else None
    form = MailForm(said, initial={"words": _("I read this and thought of you.")})
    if form.is_bound and form.is_valid():
        try:
            made = write_to_all(article, words=form.cleaned_data["words"], by=actor, at=now)
            return redirect("messaging:mailing", made.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    shown = {"article": article, "form": form, "left": whom_it_fits(article, now).count()}
    return render(request, "library/mail.html", shown, status=422 if form.is_bound else 200)


def _why(article: Article, customer: Customer, actor: Actor) -> tuple[str, str]:
    """Why it fits and a line to begin with, as far as this person may see it."""
    if may_see_fits(actor):
        bought = lately_bought(customer.pk) if may_see_bought(actor) else []
        for _article, fit in articles_for(
            customer.pk, [(article, told_by(article))], bought=bought
        ):
            return why_it_fits(fit), line_for(fit)
    return "", _("I read this and thought of you.")


def _shared(
    request: HttpRequest, article: Article, customer: Customer, form: ShareForm, actor: Actor
) -> HttpResponse:
    words, how, now = form.cleaned_data["words"], form.cleaned_data["how"], clock.now()
    if how == Channel.EMAIL:
        done = share_by_mail(
            article, customer, words=words, by=actor, at=now, not_before=now + UNDONE_WITHIN
        )
        said = _("Written to %(name)s; it leaves in ten seconds.")
    else:
        done = share_in_person(
            article, customer, channel=Channel(how), words=words, by=actor, at=now
        )
        said = _("Noted: %(name)s knows of it.")
    undo = reverse("library:take_back", args=[done.pk])
    messages.success(request, said % {"name": customer.short_name}, extra_tags=undo)
    return redirect("library:article", article.pk)


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What one customer had from us to read again, after something changed."""
    actor = signed_in_member(request).actor
    return _panel(request, customer_for(actor, customer_id), actor)


def _panel(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    shown: dict[str, Any] = panel_of(customer, actor)
    return render(request, "library/_panel.html", shown)


@require_POST
def answer(request: HttpRequest, share_id: int) -> HttpResponse:
    """Write down what came back of an article; without an answer, take back what was written."""
    actor = signed_in_member(request).actor
    require_share(actor)
    share = share_for(actor, share_id)
    given = request.POST.get("answer", "")
    if given and given not in Answer.values:
        raise Refusal(_("Choose what came back."))
    chosen = Answer(given) if given else None
    words = request.POST.get("words", "")[:2000]
    note_answer(share, answer=chosen, words=words, by=actor, at=clock.now())
    undo = reverse("library:answer", args=[share.pk]) if chosen else ""
    said = _("Noted: %(what)s.") % {"what": chosen.label} if chosen else _("Taken back.")
    return _answered(request, share, said, undo)


@require_POST
def take_back(request: HttpRequest, share_id: int) -> HttpResponse:
    """Undo that an article was shared."""
    actor = signed_in_member(request).actor
    require_share(actor)
    share = share_for(actor, share_id)
    take_back_share(share, by=actor, at=clock.now())
    return _answered(request, share, _("Taken back."))


def _answered(request: HttpRequest, share: Share, said: str, undo: str = "") -> HttpResponse:
    back_to = reverse("library:article", args=[share.article_id])
    return answer_change(request, said, changed="share-changed", back_to=back_to, undo=undo)
