from datetime import date

import pytest

from regulars.consent.actions import choose_ground
from regulars.consent.choices import Channel, Ground, Purpose
from regulars.consent.errors import GroundUnfit, OnlyOwners
from regulars.consent.grounds import grounds_now, rule_for
from regulars.consent.models import GroundChoice
from regulars.consent.presets import PRESETS
from regulars.core.models import AuditEntry
from regulars.team.models import Business, Member
from tests.factories.customers import A_DAY

ON = date(2026, 11, 24)
C = Ground


@pytest.mark.parametrize(
    ("channel", "purpose", "country", "ground"),
    [
        ("email", "serve", "DE", C.CONTRACT),
        ("email", "ask", "DE", C.CONSENT),
        ("email", "reassure", "DE", C.CONSENT),
        ("email", "ask", "GB", C.INTEREST),
        ("email", "sell", "GB", C.CONSENT),
        ("letter", "sell", "GB", C.INTEREST),
        ("note", "sell", "DE", C.INTEREST),
        ("call", "ask", "AT", C.CONSENT),
        ("email", "sell", "US", C.INTEREST),
        ("text", "sell", "US", C.CONSENT),
        ("email", "sell", "CA", C.CUSTOMER),
        ("email", "sell", "AU", C.CUSTOMER),
        ("email", "ask", "ES", C.UNKNOWN),
        ("email", "ask", "", C.UNKNOWN),
        ("email", "sell", "JP", C.CONSENT),
        ("visit", "sell", "GB", C.INTEREST),
    ],
)
def test_the_preset_of_a_country(channel: str, purpose: str, country: str, ground: Ground) -> None:
    assert rule_for(channel, purpose, country, ON).ground == ground


def test_implied_consent_runs_out_where_the_law_says_so() -> None:
    rule = rule_for("email", "sell", "CA", ON)

    assert (rule.ground, rule.months) == (C.CUSTOMER, 24)
    assert "CASL" in rule.source


def test_a_preset_is_dated() -> None:
    """France asks for consent before calls that sell since 11 August 2026."""
    days = [date(2026, 8, 10), date(2026, 8, 11)]

    assert [rule_for("call", "sell", "FR", day).ground for day in days] == [C.INTEREST, C.CONSENT]


@pytest.mark.parametrize("country", sorted(PRESETS))
def test_every_preset_names_its_source_or_says_that_nobody_knows(country: str) -> None:
    for channel in Channel:
        for purpose in Purpose:
            rule = rule_for(channel, purpose, country, ON)
            assert rule.source or rule.note, (country, channel, purpose)
            assert rule.source or rule.ground in (C.UNKNOWN, C.INTEREST, C.CONSENT)
            is_advertising = purpose in ("sell", "educate", "recover")
            assert not (is_advertising and rule.ground in (C.CONTRACT, C.LEGAL_DUTY))


@pytest.mark.django_db
def test_an_owner_chooses_otherwise_and_takes_it_back(business: Business, owner: Member) -> None:
    why = "They could refuse at the counter; so says our lawyer."
    choose_ground("email", "sell", "customer", why=why, by=owner.actor, at=A_DAY)

    rule = grounds_now()["email", "sell"]
    assert (rule.ground, rule.note, rule.is_own) == (C.CUSTOMER, why, True)
    assert GroundChoice.objects.get().decided_by == owner
    assert AuditEntry.objects.latest("id").verb == "chose ground"
    assert grounds_now()["email", "educate"].ground == C.CONSENT

    choose_ground("email", "sell", "", why="", by=owner.actor, at=A_DAY)
    assert grounds_now()["email", "sell"].ground == C.CONSENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "ground", "why"),
    [("sell", "contract", "x"), ("recover", "legal_duty", "x"), ("ask", "contract", "x"),
     ("sell", "unknown", "x"), ("sell", "customer", "  "), ("sell", "magic", "x"),
     ("gossip", "customer", "x")],
)  # fmt: skip
def test_what_cannot_rest_there_is_refused(
    owner: Member, purpose: str, ground: str, why: str
) -> None:
    """F35: no choice makes advertising pass where somebody said no."""
    with pytest.raises(GroundUnfit):
        choose_ground("email", purpose, ground, why=why, by=owner.actor, at=A_DAY)

    assert GroundChoice.objects.count() == 0


@pytest.mark.django_db
def test_nobody_but_an_owner_decides(manager: Member) -> None:
    with pytest.raises(OnlyOwners):
        choose_ground("email", "sell", "customer", why="x", by=manager.actor, at=A_DAY)


@pytest.mark.django_db
def test_a_recall_may_be_the_laws_wish(owner: Member) -> None:
    choose_ground("email", "inform", "legal_duty", why="Recall", by=owner.actor, at=A_DAY)

    assert grounds_now()["email", "inform"].ground == C.LEGAL_DUTY
