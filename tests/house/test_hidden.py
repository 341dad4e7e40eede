"""What is hidden from a role is on no page of theirs: every address is walked, and read."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from regulars.care.actions.expectations import note_expectation
from regulars.care.choices import Matter
from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import Wish
from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed
from regulars.core.list_fields import every_list_field, list_events
from regulars.customers.actions.bulk import begin_bulk_change
from regulars.customers.actions.custom import add_custom_field, set_custom_values
from regulars.customers.actions.interests import Heard, note_interest
from regulars.customers.actions.tags import add_tag, tag_customers
from regulars.customers.choices import CustomKind, InterestKind, PointKind, RelationKind
from regulars.customers.models import BulkChange, Customer, CustomValue, Duplicate
from regulars.exports.actions import write_export
from regulars.exports.choices import Format, What
from regulars.insight.models import Refresh, TierOverride
from regulars.lists.models import HiddenField, Segment, View
from regulars.messaging.choices import HoldKind
from regulars.messaging.models import Hold, Template
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import (
    make_customer,
    make_household,
    make_point,
    make_reference,
    make_relation,
)
from tests.factories.intake import bring
from tests.factories.messaging import make_mailing, make_message, make_version
from tests.factories.orders import make_line, make_order
from tests.factories.planning import make_facts
from tests.factories.promises import make_one
from tests.house.test_doors import DOORS

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
# Pages that show components and the names of tiers, and not customers.
SHOWS_NOBODY = {"desk:design", "desk:offline", "planning:cadences"}
WORDS = (
    "qhousehold", "qletterbox", "qabout", "qfile", "qmail", "4045550177",
    "qstreet", "qcity", "qpostcode", "qregion", "zimbabwe", "qreference", "qtag", "qtopic",
    "qsaidinterest", "qneed", "qsaidneed", "qemployer", "qfriend", "qserved", "qwording", "qproof",
    "qheld", "qnumber", "qgoods", "qnote", "qremark",
    "qsubject", "qbody", "qpromise", "qexpected", "qown", "qsegment", "qview", "qoverride",
    # A year for each day that is known of them, and figures that nothing else has.
    "1973", "1974", "1975", "2004", "2005", "2006", "2007", "2008", "2009", "2010", "2037",
    "87,654", "76,543", "65,432", "42,424", "5,432.10", "13,713",
    '<span class="tier ',
)  # fmt: skip

# The second row names nobody and has no day; the third has a cell too many.
A_FILE = (
    "Name,Email,Postcode,Note,Tags,Customer since,Rating,Card\n"
    "Somebody Else,none@x.example,none,none,none,3 May 2020,1,qproof\n"
    ",qmail@x.example qmail,Qpostcode,Qabout,Qtag,2004-99,2,qproof\n"
    "Another,none@x.example,none,none,none,3 May 2020,3,none,qstreet\n"
)


def _known_of(at: datetime, manager: Member) -> dict[str, Any]:
    """One customer of whom everything is known that can be hidden, each in a word of its own."""
    field = add_custom_field("Their own", CustomKind.TEXT, choices=[], by=SYSTEM, at=at)
    one = make_customer(
        "Openly Named", manager=manager, since_on=date(1973, 2, 3), about="Qabout",
        source="qfile", created_at=datetime(1974, 2, 3, tzinfo=UTC),
    )  # fmt: skip
    make_household(one, make_customer("Also Named", manager=manager), name="Qhousehold")
    one.refresh_from_db()
    one.household.address = "Qletterbox"  # type: ignore[union-attr]
    one.household.save()  # type: ignore[union-attr]
    verified = datetime(1975, 2, 3, tzinfo=UTC)
    make_point(one, PointKind.EMAIL, "qmail@x.example", verified_at=verified)
    phone = make_point(one, PointKind.PHONE, "+1 404-555-0177", normal="+14045550177")
    make_point(
        one, PointKind.ADDRESS, "Qstreet 9, Qpostcode Qcity, Qregion, Zimbabwe", street="Qstreet 9",
        postcode="Qpostcode", city="Qcity", region="Qregion", country="ZW",
    )  # fmt: skip
    make_reference(one, "qfile", "Qreference")
    tag = add_tag("Qtag", by=SYSTEM, at=at)
    tag_customers(Customer.objects.filter(pk=one.pk), tag, by=SYSTEM, at=at)
    interest = note_interest(
        one, Heard(InterestKind.INTEREST, "Qtopic", "Qsaidinterest", "qfile"), by=SYSTEM, at=at,
        noted_on=at.date(),
    )  # fmt: skip
    note_interest(
        one, Heard(InterestKind.NEED, "Qneed", "Qsaidneed", "qfile"), by=SYSTEM, at=at,
        noted_on=at.date(),
    )  # fmt: skip
    # Off the list, so that they are named through the customer alone.
    others = [
        make_customer(name, manager=manager, archived_at=at)
        for name in ("Qemployer", "Qfriend", "Qserved")
    ]
    relation = make_relation(one, RelationKind.WORKS_AT, others[0])
    make_relation(one, RelationKind.REFERRED_BY, others[1])
    make_relation(others[2], RelationKind.SERVES, one)
    set_custom_values(Customer.objects.filter(pk=one.pk), {field: "Qown"}, by=SYSTEM, at=at)
    return {
        "customer_id": one.pk, "point_id": phone.pk, "tag_id": tag.pk, "field_id": field.pk,
        "interest_id": interest.pk, "relation_id": relation.pk, "one": one,
    }  # fmt: skip


def _happened(one: Customer, at: datetime, manager: Member) -> dict[str, Any]:
    """What they decided, bought, said, and what is counted from it."""
    record_decision(
        [one.pk], "email", Decision.GRANTED, source="qfile", wording="Qwording", proof="Qproof",
        happened_at=datetime(2004, 2, 3, tzinfo=UTC), by=SYSTEM, at=at,
    )  # fmt: skip
    Wish.objects.create(
        customer=one, paused_until=datetime(2037, 2, 3, tzinfo=UTC), channel="letter",
        changed_at=at,
    )  # fmt: skip
    hold = Hold.objects.create(
        customer=one, kind=HoldKind.values[0], stops="all", why="Qheld", since=at
    )
    order = make_order(
        one, date(2005, 2, 3), 7_654_321, external_id="QNUMBER77", status="Qstatus", source="qtill"
    )
    make_line(order, "Qgoods", 6_543_210)
    order.lines.update(sku="QARTICLE")
    make_order(one, at.date() - timedelta(days=10), 543_210, external_id="QNUMBER78")
    touch = make_touch(one, at - timedelta(hours=1), by=manager.actor, body="Qnote", said="Qremark")
    make_facts(
        one, tier="lapsed", first_on=date(2005, 2, 3), last_on=date(2006, 2, 3),
        due_on=date(2007, 2, 3), slipping_on=date(2008, 2, 3), lapsed_on=date(2009, 2, 3),
        doubtful_on=date(2010, 2, 3),
        purchase_count=42_424, spend_minor=8_765_432, year_spend_minor=7_654_321,
        stake_minor=6_543_210, usual_gap_days=13_713.0,
    )  # fmt: skip
    TierOverride.objects.create(customer=one, tier="lapsed", reason="Qoverride", set_at=at)
    expected = note_expectation(one, what=Matter.OTHER, words="Qexpected", by=manager.actor, at=at)
    promise = make_one(at, customer=one, what="Qpromise", by=manager.actor)
    message = make_message(one, at=at, version=make_version(subject="Qsubject", body="Qbody"))
    said = "{{ own_their_own }} {{ last_item }} {{ household }} {{ customer_since }}"
    version = make_version(subject="To all", body=said)
    mailing = make_mailing(at=at, version=version)
    Refresh.objects.create(
        as_of=at.date(),
        engine="none",
        ended_at=at,
        seconds=1,
        customer_count=3,
        order_count=2,
        changed_count=3,
    )
    return {
        "promise_id": promise.pk, "expectation_id": expected.pk,
        "hold_id": hold.pk, "touch_id": touch.pk, "message_id": message.pk,
        "mailing_id": mailing.pk, "version_id": version.pk,
    }  # fmt: skip


def _on_lists(one: Customer, at: datetime, member: Member) -> dict[str, Any]:
    """A day's list, a pair that may be one, a view and a segment that ask for what is hidden."""
    plan = Plan.objects.create(member=member, day=at.date(), minutes=60, made_at=at)
    item = PlanItem.objects.create(
        plan=plan, customer=one, position=0, channel="call", purpose="serve", minutes=6,
        reason="rhythm_late", due_on=at.date(), last_touch_on=date(2004, 2, 3),
        stake_minor=6_543_210,
        values={"days": 13713, "usual": 13713, "due_on": "2007-02-03", "last_on": "2006-02-03",
                "tier": "lapsed", "count": 42424, "usual_gap_days": 13713.0},
    )  # fmt: skip
    twin = make_customer("Openly Named", manager=member)
    pair = Duplicate.objects.create(
        low=one, high=twin, score=0.9, found_at=at, levels={"phone": "same", "email": "same"}
    )
    tree = {"field": "customer.about", "is": "contains", "value": "Qabout"}
    segment = Segment.objects.create(name="Qsegment", tree=tree, created_at=at, changed_at=at)
    segment.members.create(customer=one, entered_at=at)
    view = View.objects.create(
        name="Qview", tree=tree, is_shared=True, created_at=at, changed_at=at
    )
    return {
        "item_id": item.pk, "duplicate_id": pair.pk, "segment_id": segment.pk, "view_id": view.pk,
        "member_id": member.pk,
    }  # fmt: skip


def _handed_over() -> dict[str, Any]:
    """A file with much of what is hidden, and rows in it that were not taken."""
    return {"import_id": bring("customers", A_FILE, dry=True).pk}


@pytest.fixture(params=["manager", "helper"])
def reader(request: pytest.FixtureRequest) -> Member:
    found: Member = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def ids(reader: Member, at: datetime) -> dict[str, Any]:
    known = _known_of(at, reader)
    one = known.pop("one")
    return known | _happened(one, at, reader) | _on_lists(one, at, reader) | _handed_over()


@pytest.fixture
def hidden(reader: Member, ids: dict[str, Any], at: datetime) -> list[str]:
    return _hide_everything(reader, at)


def _hide_everything(reader: Member, at: datetime) -> list[str]:
    """All that an owner can hide."""
    names = [name for name, one in every_list_field().items() if not one.is_plain]
    names += list_events.names()
    HiddenField.objects.bulk_create(
        HiddenField(role=reader.role, field=name, hidden_at=at) for name in names
    )
    return names


def _addresses(ids: dict[str, Any], names: list[str]) -> Iterator[str]:
    for door in DOORS:
        if door.name not in SHOWS_NOBODY and not door.name.startswith(("account_", "mfa_")):
            yield door.path_to(ids)
    one = ids["customer_id"]
    yield f"/customers/?cols={','.join(names)}"
    yield from (f"/customers/{one}/cell/{name}" for name in ("customer.about", "insight.tier"))
    for word in ("qmail", "4045550177", "qreference", "qnumber77", "qnote", "qtag"):
        yield f"/search?q={word}"
        yield f"/customers/?q={word}"
    yield from (f"/customers/?sort={sort}" for sort in ("last", "value", "due", "tier"))
    yield from (f"/customers/?tier={tier}" for tier in ("lapsed", "core"))
    yield "/customers/new/twins?name=Openly+Named&reach=qmail@x.example&kind=person"


def _words_on(page: str) -> set[str]:
    """The words of what is hidden that stand on a page, whatever stands between figures."""
    # Seals and tokens are drawn by chance, and may hold any four figures.
    page = re.sub(r"[A-Za-z0-9_\-]{30,}", " ", page)
    text = re.sub(r"[\s()\-\u00a0\u202f]", "", page).casefold()
    sought = {word: re.sub(r"[\s\-]", "", word).casefold() for word in WORDS}
    return {word for word, plain in sought.items() if plain in text}


def test_the_sentinels_are_there_for_whom_nothing_is_hidden(
    client_of: ClientOf, owner: Member, ids: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """Otherwise the walk below would find nothing, whatever leaks."""
    here = client_of(owner)
    seen: set[str] = set()
    one = ids["customer_id"]
    for path in (
        f"/customers/{one}/",
        f"/customers/{one}/consent/",
        "/customers/",
        f"/messages/m/{ids['message_id']}/",
    ):
        seen |= _words_on(here.get(path).content.decode())
    names = list(every_list_field())
    for chunk in (names[at : at + 10] for at in range(0, len(names), 10)):
        seen |= _words_on(here.get(f"/customers/?cols={','.join(chunk)}").content.decode())

    assert sorted(set(WORDS) - seen) == []


def test_nothing_that_is_hidden_is_on_any_page(
    client_of: ClientOf, reader: Member, ids: dict[str, Any], hidden: list[str]
) -> None:
    """RELIABILITY A3: no page, part of a page, choice of a filter, or file says it."""
    here = client_of(reader)
    here.raise_request_exception = False
    told: dict[str, set[str]] = {}
    for path in _addresses(ids, hidden):
        answer = here.get(path)
        assert answer.status_code < 500, path
        body = b"".join(answer) if answer.streaming else answer.content
        # What was asked for is said back, and who is archived is named: that is no news.
        asked = _words_on(path)
        if path == "/customers/archived/":
            asked |= {"qemployer", "qfriend", "qserved"}
        if found := _words_on(body.decode("utf-8", "replace")) - asked:
            told[path] = found

    assert told == {}


@pytest.mark.parametrize("form", ["csv", "vcard"])
def test_nothing_that_is_hidden_goes_out_in_a_file(
    manager: Member, at: datetime, tmp_path: Path, form: str
) -> None:
    known = _known_of(at, manager)
    _happened(known["one"], at, manager)
    _hide_everything(manager, at)

    path = tmp_path / "list"
    write_export(What.CUSTOMERS, Format(form), path, by=manager.actor, at=at)

    text = path.read_text()
    assert "Openly Named" in text
    assert _words_on(text) == set()


def test_what_is_hidden_is_not_written_over(
    client_of: ClientOf, reader: Member, ids: dict[str, Any], hidden: list[str]
) -> None:
    one = Customer.objects.get(pk=ids["customer_id"])
    here = client_of(reader)
    page = f"/customers/{one.pk}"
    wanted: dict[str, dict[str, object]] = {
        f"{page}/about": {"about": "Over"},
        f"{page}/tier": {"tier": "core", "reason": "Over"},
        f"{page}/tags": {"tag": "Over"},
        f"{page}/tags/{ids['tag_id']}/off": {},
        f"{page}/interests": {"kind": "need", "topic": "Over"},
        f"{page}/interests/{ids['interest_id']}": {"deed": "forget"},
        f"{page}/household": {"name": "Over"},
        f"{page}/reach/{ids['point_id']}": {"remove": "1"},
        f"{page}/permission": {"channel": "email", "decision": "withdrawn"},
        f"{page}/consent/told": {"channel": "email", "decision": "withdrawn"},
        f"{page}/consent/wishes": {"every_days": "9"},
        f"{page}/consent/close": {"point": f"{ids['point_id']}:call"},
    }

    refused = [here.post(path, given).status_code for path, given in wanted.items()]

    assert refused == [403] * len(wanted)
    here.post(f"{page}/own-fields", {"own_their_own": "Over", "own_their_own_there": "1"})
    assert CustomValue.objects.get(customer=one).text == "Qown"


@pytest.mark.parametrize("what", ["tag", "untag", "own"])
def test_a_manager_changes_nothing_hidden_of_many(manager: Member, at: datetime, what: str) -> None:
    known = _known_of(at, manager)
    value = f"{known['field_id']}:Over" if what == "own" else str(known["tag_id"])
    _hide_everything(manager, at)

    with pytest.raises(NotAllowed):
        begin_bulk_change(what, value, selection={}, total=1, by=manager.actor, at=at)

    assert not BulkChange.objects.exists()


def test_nobody_is_found_by_what_is_hidden(
    client_of: ClientOf, reader: Member, ids: dict[str, Any], hidden: list[str], at: datetime
) -> None:
    here = client_of(reader)
    text = Template.objects.create(
        name="A text", subject="Hello", body="Hello", created_at=at, updated_at=at
    )
    for sought in ("qmail", "404 555 0177", "Qreference", "QNUMBER77", "Qnote"):
        found = here.get(f"/search?q={sought}").context["groups"]
        assert [group.name for group in found if group.name == "people"] == []
        assert here.get(f"/customers/?q={sought}").context["rows"] == []
        preview = here.get(f"/messages/texts/{text.pk}/preview?q={sought}")
        assert preview.context["people"] == []
    assert here.get(f"/messages/texts/{text.pk}/preview?q=openly").context["people"] != []
