"""What customers speak of, what goes wrong and why: the tables of learning, for programs."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from regulars.cli.listing import Listing, cut

YEAR = timedelta(days=365)


def _themes() -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.learning.queries.themes import themes_told

    at = clock.now()
    return themes_told(COMMAND, at - YEAR, at)


def _theme_items(limit: int) -> Iterator[dict[str, Any]]:
    told = _themes()
    ordered = sorted(told.rows, key=lambda one: (-one.bad.count, -one.good.count, one.theme.key))
    for one in islice(ordered, limit or None):
        yield {
            "theme": one.theme.key,
            "name": one.theme.name,
            "texts": told.texts,
            "not_right": one.bad.count,
            "share": one.bad.share,
            "low": one.bad.low,
            "high": one.bad.high,
            "customers": one.bad_customers,
            "praised": one.good.count,
            "spoken_of": one.plain,
            "than_before": one.word,
        }


def _theme_line(item: dict[str, Any]) -> str:
    between = f"{item['low']:.1%} to {item['high']:.1%}"
    return (
        f"{item['not_right']:>6,} of {item['texts']:,}  {item['share']:>6.1%} ({between})"
        f"  {item['praised']:>6,} praised  {item['name']}"
    )


def _causes() -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.learning.queries.causes import causes_told

    return causes_told(COMMAND, clock.now() - YEAR)


def _every_cause() -> list[Any]:
    told = _causes()
    return [*told.rows, *([told.unnamed] if told.unnamed.cases.count else [])]


def _cause_items(limit: int) -> Iterator[dict[str, Any]]:
    for one in islice(_every_cause(), limit or None):
        is_named = one.pk is not None
        yield {
            "id": one.pk,
            "cause": one.name if is_named else None,
            "cases": one.cases.count,
            "share": one.cases.share if is_named else None,
            "low": one.cases.low if is_named else None,
            "high": one.cases.high if is_named else None,
            "running_share": one.running if is_named else None,
            "customers": one.customers,
            "costs": [{"minor": cost.minor, "currency": cost.currency} for cost in one.costs],
        }


def _cause_line(item: dict[str, Any]) -> str:
    costs = " + ".join(f"{one['minor']:,} {one['currency']} (minor)" for one in item["costs"])
    share = "     -" if item["share"] is None else f"{item['share']:>6.1%}"
    name = item["cause"] or "(no cause named)"
    return (
        f"{item['cases']:>6,}  {share}  {item['customers']:>6,} customers  {costs or '-'}  {name}"
    )


def _improvements() -> Any:
    from regulars.learning.models import Improvement

    rows = Improvement.objects.select_related("cause", "owner").prefetch_related("looks")
    return rows.order_by("pk")


def _improvement_items(limit: int) -> Iterator[dict[str, Any]]:
    for one in cut(_improvements(), limit):
        last = next(iter(reversed(one.looks.all())), None)
        yield {
            "id": one.pk,
            "about": one.about,
            "cause": one.cause.name if one.cause else None,
            "theme": one.theme or None,
            "action": one.action,
            "owner": one.owner.name if one.owner else None,
            "due_on": one.due_on.isoformat() if one.due_on else None,
            "stage": one.stage,
            "done_on": one.done_on.isoformat() if one.done_on else None,
            "window_days": one.window_days,
            "verdict": _look_item(last) if last else None,
        }


def _look_item(look: Any) -> dict[str, Any]:
    return {
        "look": look.number,
        "until_on": look.until_on.isoformat(),
        "word": look.word,
        "before": {"count": look.before_count, "of": look.before_whole},
        "after": {"count": look.after_count, "of": look.after_whole},
        "ratio": look.ratio,
        "low": look.low,
        "high": look.high,
    }


def _improvement_line(item: dict[str, Any]) -> str:
    word = item["verdict"]["word"] if item["verdict"] else "-"
    about = item["cause"] or item["theme"]
    when = item["done_on"] or item["due_on"] or "-"
    return f"{when:<10}  {item['stage']:<7}  {word:<6}  {about}: {item['action']}"


def _questions() -> list[Any]:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.learning.queries.satisfaction import satisfaction_told

    at = clock.now()
    return satisfaction_told(COMMAND, at - YEAR, at)


def _question_items(limit: int) -> Iterator[dict[str, Any]]:
    for one in islice(_questions(), limit or None):
        score, asked = one.score, one.asked
        yield {
            "question": one.kind.value,
            "marks": score.count,
            "content": score.content,
            "neither": score.neither,
            "not_content": score.not_content,
            "value": score.value,
            "low": score.low,
            "high": score.high,
            "asked": asked.whole,
            "gave_a_mark": asked.count,
            "response_rate": asked.share if asked.whole else None,
            "response_low": asked.low,
            "response_high": asked.high,
            "unasked": one.unasked,
            "than_before": one.word,
        }


def _question_line(item: dict[str, Any]) -> str:
    if item["value"] is None:
        return f"{item['question']:<9}  no marks; {item['asked']:,} asked"
    between = f"{item['value']:+.3f} ({item['low']:+.3f} to {item['high']:+.3f})"
    return (
        f"{item['question']:<9}  {between}  {item['marks']:,} marks;"
        f" {item['gave_a_mark']:,} of {item['asked']:,} asked gave one"
    )


LISTINGS = {
    "satisfaction": Listing(lambda: len(_questions()), _question_items, _question_line),
    "improvements": Listing(lambda: _improvements().count(), _improvement_items, _improvement_line),
    "causes": Listing(lambda: len(_every_cause()), _cause_items, _cause_line),
    "themes": Listing(lambda: len(_themes().rows), _theme_items, _theme_line),
}
