"""The shelf on the screen: articles, one of them, and who would thank us for one."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import HiddenFromRole, Refusal
from regulars.customers.models import Customer
from regulars.customers.queries.interests import topics_known
from regulars.customers.queries.people import customers_for
from regulars.library.actions.articles import (
    add_article,
    change_article,
    put_away_article,
    take_out_article,
)
from regulars.library.choices import Answer, ArticleKind
from regulars.library.fitting import Told
from regulars.library.forms import ArticleForm, AskForm
from regulars.library.models import Article
from regulars.library.queries.articles import (
    answers_to,
    article_for,
    article_topics,
    is_keeper,
    is_sharer,
    near_to,
    shares_of,
    shelf,
    told_by,
    told_of_text,
)
from regulars.library.queries.files import about_file, as_download, file_of
from regulars.library.queries.people import Fitting, who_would_thank
from regulars.library.rules import may_see_bought, may_see_fits, require_keep, require_share
from regulars.library.sentences import line_for, why_it_fits
from regulars.team.queries import signed_in_member, the_named_business

SIZE, PEOPLE = 50, 25
SHOWN = {
    "now": _lazy("On the shelf"), "old": _lazy("No longer true"), "away": _lazy("Put away"),
}  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to read, and a box to ask who would thank us for something new."""
    return _home(request, AskForm())


def _home(request: HttpRequest, form: AskForm, *, status: int = 200) -> HttpResponse:
    actor = signed_in_member(request).actor
    show = request.GET.get("show", "now")
    show = show if show in SHOWN else "now"
    day = the_named_business().day_of(clock.now())
    page = Paginator(shelf(show, day), SIZE).get_page(request.GET.get("page"))
    shown = {
        "page": page, "show": show, "form": form, "may_keep": is_keeper(actor),
        "tabs": [(name, words, name == show) for name, words in SHOWN.items()],
        "may_ask": is_sharer(actor) and may_see_fits(actor),
    }  # fmt: skip
    return render(request, "library/home.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Who would thank us for a link or a text that is not on the shelf yet?"""
    actor = signed_in_member(request).actor
    require_share(actor)
    if not may_see_fits(actor):
        raise HiddenFromRole
    form = AskForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _home(request, form, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    near = near_to(said["title"], said["body"])
    told = told_of_text(said["title"], said["body"])
    shown = {
        "form": form, "said": said, "near": near, "people": _people(actor, told),
        "may_keep": is_keeper(actor), "title": said["title"] or _first_line(said["body"]),
    }  # fmt: skip
    return render(request, "library/ask.html", shown)


def _first_line(body: str) -> str:
    return next((line.strip()[:200] for line in body.splitlines() if line.strip()), "")


def _people(
    actor: Actor, told: Told, article: Article | None = None
) -> list[tuple[Customer, str, str, str]]:
    """Each with why it fits and a line to write; by what this person may see of them."""
    if not may_see_fits(actor):
        return []
    found = who_would_thank(
        told, among=customers_for(actor), at=clock.now(), most=PEOPLE, article=article,
        with_goods=may_see_bought(actor),
    )  # fmt: skip
    return _named(found)


def _named(found: Iterable[Fitting]) -> list[tuple[Customer, str, str, str]]:
    fits = list(found)
    names = Customer.objects.in_bulk([one.customer_id for one in fits])
    return [(names[one.customer_id], why_it_fits(one), one.said, line_for(one)) for one in fits]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Put an article on the shelf."""
    actor = signed_in_member(request).actor
    require_keep(actor)
    is_sent = request.method == "POST" and "asked" not in request.POST
    form = (
        ArticleForm(request.POST, request.FILES)
        if is_sent
        else ArticleForm(initial=_from_asking(request))
    )
    if is_sent and form.is_valid():
        try:
            article = add_article(form.written(), by=actor, at=clock.now())
            messages.success(request, _("It is on the shelf."))
            return redirect("library:article", article.pk)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return _form(request, form, actor, status=422 if is_sent else 200)


def _from_asking(request: HttpRequest) -> dict[str, Any]:
    said = request.POST
    address = said.get("address", "")
    return {
        "title": said.get("title", ""), "address": address, "body": said.get("body", ""),
        "topics": said.get("topics", ""),
        "kind": ArticleKind.LINK if address else ArticleKind.TEXT,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, article_id: int) -> HttpResponse:
    """Change an article."""
    actor = signed_in_member(request).actor
    require_keep(actor)
    article = article_for(article_id)
    is_sent = request.method == "POST"
    form = ArticleForm(request.POST, request.FILES) if is_sent else ArticleForm.of(article)
    if form.is_bound and form.is_valid():
        try:
            change_article(article, form.written(), by=actor, at=clock.now())
            messages.success(request, _("Kept."))
            return redirect("library:article", article.pk)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return _form(request, form, actor, article=article, status=422 if form.is_bound else 200)


def _form(
    request: HttpRequest, form: ArticleForm, actor: Actor, *, article: Article | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    known = sorted({*article_topics(), *topics_known(actor, ("need", "interest"))})
    shown = {
        "form": form,
        "article": article,
        "file": article and about_file(article),
        "known": known if may_see_fits(actor) else [],
    }
    return render(request, "library/article_form.html", shown, status=status)


@require_safe
def show(request: HttpRequest, article_id: int) -> HttpResponse:
    """One article: what it says, who would thank us, with whom it was shared, what came back."""
    actor = signed_in_member(request).actor
    article = article_for(article_id)
    day = the_named_business().day_of(clock.now())
    is_live = article.archived_at is None and article.is_true_on(day)
    answers = answers_to(article)
    shown = {
        "article": article, "file": about_file(article), "is_old": not article.is_true_on(day),
        "is_live": is_live,
        "people": _people(actor, told_by(article), article) if is_live else [],
        "shares": Paginator(list(shares_of(actor, article)), SIZE).get_page(1),
        "shared": sum(answers.values()), "answers": Answer.choices,
        "back": [(label, answers[value]) for value, label in Answer.choices if answers[value]],
        "may_keep": is_keeper(actor), "may_share": is_sharer(actor),
        "may_see_fits": may_see_fits(actor),
    }  # fmt: skip
    return render(request, "library/article.html", shown)


@require_safe
def file(request: HttpRequest, article_id: int) -> HttpResponse:
    """The PDF of an article, for one of us: to be saved, never run in the page."""
    signed_in_member(request)
    return as_download(file_of(article_for(article_id)))


@require_POST
def put_away(request: HttpRequest, article_id: int) -> HttpResponse:
    """Take an article off the shelf."""
    actor = signed_in_member(request).actor
    require_keep(actor)
    article = put_away_article(article_for(article_id), by=actor, at=clock.now())
    undo = reverse("library:take_out_article", args=[article.pk])
    messages.success(request, _("Put away."), extra_tags=undo)
    return redirect("library:article", article.pk)


@require_POST
def take_out(request: HttpRequest, article_id: int) -> HttpResponse:
    """Put it back on the shelf."""
    actor = signed_in_member(request).actor
    require_keep(actor)
    take_out_article(article_for(article_id), by=actor, at=clock.now())
    messages.success(request, _("It is on the shelf again."))
    return redirect("library:article", article_id)
