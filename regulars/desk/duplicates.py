"""Looking at pairs of customers who may be one: by keys alone, one after the other."""

from typing import Any, Literal
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.keyset import is_whole
from regulars.core.models import Job
from regulars.customers.actions.finding import ask_again, tell_apart
from regulars.customers.actions.merging import CHOICES, Choice, merge_customers, unmerge_customers
from regulars.customers.choices import Made
from regulars.customers.models import Customer, Duplicate, Merge
from regulars.customers.queries.duplicates import (
    duplicate_for,
    duplicates_for,
    is_merger,
    lately_apart,
    lately_merged,
    merge_for,
    pair_of,
    sure_count,
    waiting_count,
)
from regulars.desk.duplicate_rows import side_by_side
from regulars.desk.seeing import alike_words
from regulars.lists.queries.fields import fields_hidden_from
from regulars.team.queries import signed_in_member

SHOWN, LATELY = 12, 5


@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """The likeliest pair, or the one that was asked for, side by side; the next ones beside it."""
    actor = _merger(request)
    waiting = duplicates_for(actor).select_related("low", "high")
    pair = _asked_for(request, actor) or waiting.first()
    others = list(waiting[:SHOWN])
    shown = {
        "count": waiting_count(actor),
        "others": [{"pair": one, "words": alike_words(actor, one.levels)} for one in others],
        "pair": pair,
        "is_looking": _is_looking(),
        "undo": _undo_of(request, actor),
        "sure": sure_count(actor),
        "merged": lately_merged(actor, at=clock.now(), most=LATELY),
        "apart": lately_apart(actor, most=LATELY),
    }
    if pair is not None:
        stays, goes = _in_order(pair, request.GET.get("flip") == "1")
        shown |= {
            "stays": stays,
            "goes": goes,
            "rows": side_by_side(stays, goes, fields_hidden_from(actor)),
            "words": alike_words(actor, pair.levels),
            "flip": _address(pair=pair.pk, flip=int(request.GET.get("flip") != "1")),
            "is_across": stays.kind != goes.kind,
        }
    return render(request, "desk/customers/duplicates.html", shown)


@require_POST
def merge(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    """Make the two one, with the fields that were chosen."""
    actor = _merger(request)
    pair = duplicate_for(actor, duplicate_id)
    stays, goes = _in_order(pair, request.POST.get("stays") == str(pair.high_id))
    fields: dict[str, Literal["survivor", "merged", "both"]] = {
        name: "merged" for name in CHOICES if request.POST.get(f"take-{name}")
    }
    choice = Choice(fields, across_kinds=bool(request.POST.get("across_kinds")))
    done = merge_customers(stays, goes, by=actor, at=clock.now(), choice=choice)
    messages.success(
        request,
        _("Merged: %(one)s goes on, with everything of both.") % {"one": done.survivor.name},
    )
    return redirect(_address(merged=done.pk))


@require_POST
def apart(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    """Say that they are not the same."""
    actor = _merger(request)
    pair = tell_apart(duplicate_for(actor, duplicate_id), by=actor, at=clock.now())
    messages.success(request, _("Kept apart, for good: nobody is asked about these two again."))
    return redirect(_address(apart=pair.pk))


@require_POST
def again(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    """Take back that they are not the same."""
    actor = _merger(request)
    pair = ask_again(duplicate_for(actor, duplicate_id), by=actor, at=clock.now())
    return redirect(_address(pair=pair.pk))


@require_POST
def unmerge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Take two apart again."""
    actor = _merger(request)
    done = unmerge_customers(merge_for(actor, merge_id), by=actor, at=clock.now())
    messages.success(request, _said_of(done))
    if not request.POST.get("review"):
        return redirect("customers:detail", done.survivor_id)
    # A slip of the hand is put right where it was made: the pair is asked about once more.
    pair = pair_of(actor, done.survivor_id, done.merged_id)
    return redirect(_address(pair=ask_again(pair, by=actor, at=clock.now()).pk))


@require_POST
def merge_sure(request: HttpRequest) -> HttpResponse:
    """Merge the pairs that speak for themselves, in the background."""
    actor = _merger(request)
    _look_through(merges=True, member_id=actor.member_id)
    messages.success(
        request, _("Those that speak for themselves are being merged; each can be taken apart.")
    )
    return redirect("customers:duplicates")


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look through the whole list now, in the background."""
    _merger(request)
    _look_through()
    messages.success(request, _("Looking through the list. Pairs show here as soon as they are."))
    return redirect("customers:duplicates")


def _look_through(**more: Any) -> None:
    now, name = clock.now(), "customers.find_duplicates"
    kind = "merging" if more else "looking"
    jobs.enqueue(name, at=now, unique_key=f"{name}:{kind}:{now:%F %H:%M}", **more)


def _merger(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_merger(actor):
        raise NotAllowed(_("Only an owner or a manager may merge customers."))
    return actor


def _asked_for(request: HttpRequest, actor: Actor) -> Duplicate | None:
    asked = request.GET.get("pair", "")
    if not is_whole(asked) or len(asked) > 18:
        return None
    pair = duplicate_for(actor, int(asked))
    gone = pair.low.archived_at is not None or pair.high.archived_at is not None
    return None if pair.state != Made.OPEN or gone else pair


def _in_order(pair: Duplicate, is_flipped: bool) -> tuple[Customer, Customer]:
    """The older card stays, unless somebody flips them."""
    return (pair.high, pair.low) if is_flipped else (pair.low, pair.high)


def _undo_of(request: HttpRequest, actor: Actor) -> str:
    """Where the last decision is taken back."""
    merged, told_apart = request.GET.get("merged", ""), request.GET.get("apart", "")
    if is_whole(merged) and Merge.objects.filter(pk=int(merged), undone_at=None).exists():
        return reverse("customers:unmerge", args=[int(merged)])
    if is_whole(told_apart):
        return reverse("customers:duplicate_again", args=[int(told_apart)])
    return ""


def _is_looking() -> bool:
    states = [Job.State.WAITING, Job.State.RUNNING]
    return Job.objects.filter(name="customers.find_duplicates", state__in=states).exists()


def _address(**query: int) -> str:
    return f"{reverse('customers:duplicates')}?{urlencode(query)}"


def _said_of(merge: Merge) -> str:
    said = [
        _("%(one)s and %(other)s are two again.")
        % {"one": merge.merged.name, "other": merge.survivor.name}
    ]
    if merge.report.get("left"):
        said.append(_("What somebody changed since was left as it is."))
    if merge.report.get("since"):
        said.append(
            _("What came since stays with %(name)s: we cannot know whose it is.")
            % {"name": merge.survivor.name}
        )
    return " ".join(said)
