"""`regulars plan`: the day's lists, for people and for programs."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import business_at_hand, with_database


@click.command()
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day (default: today).")
@click.option("--manager", "whose", help="Only this member's list: an e-mail address or a name.")
@click.option("--week", "is_week", is_flag=True, help="How many come due on each of seven days.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value and nothing else.")
@with_database
def plan(day: datetime | None, whose: str | None, is_week: bool, as_json: bool) -> None:
    """Whom to reach on a day, by which means and why; makes the lists where there are none."""
    from regulars.core import clock

    business = business_at_hand()
    on = day.date() if day else business.day_of(clock.now())
    if not is_week:
        _make_missing(on, clock.now())
    shown = _week(on, whose) if is_week else _lists(on, whose)
    if as_json:
        put_json(shown)
        return
    for line in _week_in_words(shown) if is_week else _in_words(shown):
        click.echo(line)


def _week(day: date, whose: str | None) -> dict[str, Any]:
    from regulars.core.actor import COMMAND
    from regulars.planning.ahead import week_ahead
    from regulars.planning.queries import member_called

    week = week_ahead(COMMAND, business_at_hand(), day)
    only = member_called(whose) if whose else None
    return {
        "from": day.isoformat(),
        "managers": [
            {
                "manager": one.member.name,
                "customers": one.count,
                "needed_minutes": one.needed,
                "minutes": one.minutes,
                "days": [
                    {
                        "day": due.day.isoformat(), "customers": due.count,
                        "needed_minutes": due.needed, "minutes": due.minutes,
                        "is_open": due.is_open,
                    }
                    for due in one.days
                ],
            }
            for one in week.members
            if only in (None, one.member)
        ],
        "moves": [
            {"from": one.giver.name, "to": one.taker.name, "customers": one.count}
            for one in week.moves
            if only in (None, one.giver, one.taker)
        ],
    }  # fmt: skip


def _week_in_words(shown: dict[str, Any]) -> list[str]:
    lines = [f"The week from {shown['from']}"]
    for one in shown["managers"]:
        needed, minutes = one["needed_minutes"], one["minutes"]
        lines += ["", f"{one['manager']}: {one['customers']} due, {needed} of {minutes} minutes"]
        lines += [
            f"  {day['day']}  {day['customers']:>5}  {day['needed_minutes']} of {day['minutes']}"
            for day in one["days"]
        ]
    return lines + [
        f"{one['to']} has room for {one['customers']} of {one['from']}'s." for one in shown["moves"]
    ]


def _make_missing(day: date, at: datetime) -> None:
    from regulars.core.actor import COMMAND
    from regulars.planning.actions import make_plans
    from regulars.planning.queries import members_without_plan

    missing = members_without_plan(day)
    if missing:
        make_plans(day=day, by=COMMAND, at=at, member_ids=missing)


def _lists(day: date, whose: str | None) -> dict[str, Any]:
    from regulars.core.actor import COMMAND
    from regulars.planning.queries import list_of, member_called, members_with_lists

    members = [member_called(whose)] if whose else members_with_lists(COMMAND)
    lists = [list_of(COMMAND, member, day) for member in members]
    return {
        "date": day.isoformat(),
        "managers": [
            {
                "manager": one.member.name,
                "minutes": one.minutes,
                "used_minutes": one.used_minutes,
                "items": [_item(shown) for shown in [*one.open, *one.done]],
            }
            for one in lists
        ],
        # What leaves by itself, or can once somebody lets it: nobody's minutes are left for these.
        "automatic": [
            _item(shown)
            | {"channel": shown.goes_by, "minutes": 0}
            | {"manager": one.member.name, "text": shown.text, "message": _message(shown)}
            for one in lists
            for shown in [*one.going, *one.may_go]
        ],
        "not_today": [
            _item(shown) | {"manager": one.member.name, "why_not": _why_not(shown)}
            for one in lists
            for shown in [*one.put_off, *one.waiting]
        ],
        "refused": _refused(lists),
    }


def _refused(lists: list[Any]) -> dict[str, int]:
    """How often the gate stood in the way, by its verdict."""
    counts: Counter[str] = sum((Counter(one.plan.refused) for one in lists if one.plan), Counter())
    return dict(sorted(counts.items()))


def _item(shown: Any) -> dict[str, Any]:
    item = shown.item
    return {
        "customer": item.customer.name,
        "customer_id": item.customer_id,
        "why": item.sentence,
        "channel": item.channel,
        "purpose": item.purpose,
        "minutes": item.minutes,
        "due_on": item.due_on.isoformat(),
        "last_touch_on": item.last_touch_on.isoformat() if item.last_touch_on else None,
        "state": shown.state.value,
    }


def _message(shown: Any) -> str:
    """Where the message is by which it goes; nothing as long as nobody has let it go."""
    return str(shown.message.state) if shown.message else ""


def _why_not(shown: Any) -> str:
    from regulars.planning.choices import ItemState

    if shown.state == ItemState.WAITING:
        return str(shown.item.why_waiting)
    return str(shown.why_put_off)


def _in_words(shown: dict[str, Any]) -> list[str]:
    lines = [shown["date"]]
    for one in shown["managers"]:
        used, minutes = one["used_minutes"], one["minutes"]
        lines += ["", f"{one['manager']}: {used} of {minutes} minutes"]
        lines += [_line(item) for item in one["items"]] or ["  nobody"]
    if shown["automatic"]:
        lines += ["", f"By themselves: {len(shown['automatic'])}"]
        lines += [
            f"  {item['customer']} ({item['manager']}), {item['channel']}: {item['text']},"
            f" {item['message'] or 'once somebody lets it go'}"
            for item in shown["automatic"]
        ]
    waiting = [item for item in shown["not_today"] if item["state"] == "waiting"]
    if waiting:
        lines += ["", f"Can wait: {len(waiting)}"]
        lines += [
            f"  {item['customer']} ({item['manager']}): {item['why_not']}" for item in waiting
        ]
    return lines


def _line(item: dict[str, Any]) -> str:
    tick = "x" if item["state"] == "done" else " "
    how = f"{item['minutes']:>3} min  {item['channel']:<6}"
    return f"  [{tick}] {how} {item['customer']}: {item['why']}"
