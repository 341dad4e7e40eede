"""The texts behind the grounds, country by country. Not legal advice; see `grounds.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Ground

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

GDPR = date(2018, 5, 25)
CONSENT, CUSTOMER, INTEREST = Ground.CONSENT, Ground.CUSTOMER, Ground.INTEREST


@dataclass(frozen=True, slots=True)
class Rule:
    """One reading of one text, from a day on."""

    ground: Ground
    source: str
    valid_from: date
    note: "str | _StrPromise" = ""
    months: int | None = None


Rules = Mapping[tuple[str, str], tuple[Rule, ...]]

SOFT_OPT_IN = _(
    "Customers may be written to about similar things without asking again, if they could say no "
    "when they gave the address and can in every message. Nothing in a list of addresses shows "
    "that they could; an owner who knows it may choose so."
)
QUESTIONS_ADVERTISE = _(
    "Asking how satisfied somebody was counts as advertising (BGH VI ZR 225/17, 10 July 2018)."
)
NEUTRAL = _("As long as it asks, thanks or informs and promotes nothing; they can object.")
REGISTER = _("Look into the register of those who want no calls first, and heed a no.")
OBJECTION = _("By post until they object.")
UNREAD = _("No text was read for this; somebody has to decide.")


def _post(source: str, valid_from: date = GDPR) -> Rules:
    return {
        ("post", "care"): (Rule(INTEREST, source, valid_from, OBJECTION),),
        ("post", "advertising"): (Rule(INTEREST, source, valid_from, OBJECTION),),
    }


def _contract(source: str, valid_from: date) -> Rules:
    groups = ("electronic", "call", "post", "visit")
    return {(one, "service"): (Rule(Ground.CONTRACT, source, valid_from),) for one in groups}


def _of_the_union(**more: tuple[Rule, ...]) -> Rules:
    """What the GDPR says everywhere, with a country's own `group_kind` on top."""
    own = {(key.split("_")[0], key.split("_")[1]): rules for key, rules in more.items()}
    common = _post("GDPR Art. 6(1)(f), recital 47")
    return {**_contract("GDPR Art. 6(1)(b)", GDPR), **common, **own}


PRESETS: Mapping[str, Rules] = MappingProxyType({
    "GB": {
        **_contract("UK GDPR Art. 6(1)(b)", GDPR),
        **_post("UK GDPR Art. 6(1)(f), recital 47"),
        ("electronic", "care"): (
            Rule(INTEREST, "UK GDPR Art. 6(1)(f); PECR 2003 reg. 22", GDPR, NEUTRAL),),
        ("electronic", "advertising"): (
            Rule(CONSENT, "PECR 2003 reg. 22(2), 22(3)", date(2003, 12, 11), SOFT_OPT_IN),),
        ("call", "care"): (Rule(INTEREST, "UK GDPR Art. 6(1)(f)", GDPR, NEUTRAL),),
        ("call", "advertising"): (
            Rule(INTEREST, "PECR 2003 reg. 21", date(2003, 12, 11), REGISTER),),
    },
    "IE": _of_the_union(
        electronic_care=(
            Rule(INTEREST, "GDPR Art. 6(1)(f); S.I. 336/2011 reg. 13", GDPR, NEUTRAL),),
        electronic_advertising=(
            Rule(CONSENT, "S.I. 336/2011 reg. 13(1), 13(11)", date(2011, 7, 1), SOFT_OPT_IN),),
        call_care=(Rule(INTEREST, "GDPR Art. 6(1)(f)", GDPR, NEUTRAL),),
        call_advertising=(
            Rule(CONSENT, "S.I. 336/2011 reg. 13(5), 13(6)", date(2011, 7, 1), REGISTER),),
    ),
    "DE": _of_the_union(
        electronic_care=(
            Rule(CONSENT, "UWG § 7 Abs. 2 Nr. 2", date(2018, 7, 10), QUESTIONS_ADVERTISE),),
        electronic_advertising=(
            Rule(CONSENT, "UWG § 7 Abs. 2 Nr. 2, Abs. 3", date(2004, 7, 8), SOFT_OPT_IN),),
        call_care=(Rule(CONSENT, "UWG § 7 Abs. 2 Nr. 1", date(2018, 7, 10), QUESTIONS_ADVERTISE),),
        call_advertising=(Rule(CONSENT, "UWG § 7 Abs. 2 Nr. 1, § 7a", date(2021, 10, 1)),),
    ),
    "AT": _of_the_union(
        electronic_care=(
            Rule(CONSENT, "TKG 2021 § 174 Abs. 3", date(2021, 11, 1), _(
                "Questions about satisfaction are read as advertising here as well.")),),
        electronic_advertising=(
            Rule(CONSENT, "TKG 2021 § 174 Abs. 3, 4", date(2021, 11, 1), SOFT_OPT_IN),),
        call_care=(Rule(CONSENT, "TKG 2021 § 174 Abs. 1", date(2021, 11, 1)),),
        call_advertising=(Rule(CONSENT, "TKG 2021 § 174 Abs. 1", date(2021, 11, 1)),),
    ),
    "FR": _of_the_union(
        electronic_care=(
            Rule(INTEREST, "RGPD art. 6(1)(f); CPCE art. L34-5", GDPR, NEUTRAL),),
        electronic_advertising=(
            Rule(CONSENT, "CPCE art. L34-5", date(2004, 6, 22), SOFT_OPT_IN),),
        call_care=(Rule(INTEREST, "RGPD art. 6(1)(f)", GDPR, NEUTRAL),),
        call_advertising=(
            Rule(INTEREST, "Code de la consommation art. L223-1 (Bloctel)", date(2016, 6, 1),
                 REGISTER),
            Rule(CONSENT, "Loi n° 2025-594 du 30 juin 2025; Code de la consommation art. L223-1",
                 date(2026, 8, 11), _("Calls that are part of a running contract stay free.")),),
    ),
    "NL": _of_the_union(
        electronic_care=(Rule(Ground.UNKNOWN, "", GDPR, UNREAD),),
        electronic_advertising=(
            Rule(CONSENT, "Telecommunicatiewet art. 11.7", date(2004, 5, 19), SOFT_OPT_IN),),
        call_care=(Rule(INTEREST, "AVG art. 6(1)(f)", GDPR, NEUTRAL),),
        call_advertising=(Rule(CONSENT, "Telecommunicatiewet art. 11.7", date(2021, 7, 1)),),
    ),
    "ES": _of_the_union(
        electronic_care=(Rule(Ground.UNKNOWN, "", GDPR, UNREAD),),
        electronic_advertising=(
            Rule(CONSENT, "LSSI (Ley 34/2002) art. 21", date(2002, 10, 12), SOFT_OPT_IN),),
        call_care=(Rule(INTEREST, "RGPD art. 6(1)(f)", GDPR, NEUTRAL),),
        call_advertising=(
            Rule(CONSENT, "Ley 11/2022 art. 66.1.b", date(2023, 6, 29), REGISTER),),
    ),
    "IT": _of_the_union(
        electronic_care=(Rule(Ground.UNKNOWN, "", GDPR, UNREAD),),
        electronic_advertising=(
            Rule(CONSENT, "D.lgs. 196/2003 art. 130 c. 1, 2, 4", date(2004, 1, 1), SOFT_OPT_IN),),
        call_care=(Rule(INTEREST, "GDPR art. 6(1)(f)", GDPR, NEUTRAL),),
        call_advertising=(
            Rule(CONSENT, "D.lgs. 196/2003 art. 130 c. 3, 3-bis; L. 5/2018", date(2018, 2, 4),
                 REGISTER),),
    ),
    "US": {
        **_contract("CAN-SPAM Act, 15 U.S.C. § 7702(17)", date(2004, 1, 1)),
        **_post("No federal text asks for consent", date(2004, 1, 1)),
        ("electronic", "care"): (Rule(CONSENT, "TCPA, 47 U.S.C. § 227", date(1991, 12, 20)),),
        ("electronic", "advertising"): (
            Rule(CONSENT, "TCPA, 47 U.S.C. § 227; 47 CFR 64.1200(a)", date(2013, 10, 16)),),
        ("email", "care"): (
            Rule(INTEREST, "CAN-SPAM Act, 15 U.S.C. § 7704", date(2004, 1, 1), NEUTRAL),),
        ("email", "advertising"): (
            Rule(INTEREST, "CAN-SPAM Act, 15 U.S.C. § 7704", date(2004, 1, 1),
                 _("With a way out and a postal address in every message.")),),
        ("call", "care"): (Rule(INTEREST, "47 CFR 64.1200(c)", date(2003, 10, 1), NEUTRAL),),
        ("call", "advertising"): (
            Rule(CUSTOMER, "47 CFR 64.1200(f)(5)", date(2003, 10, 1),
                 _("Eighteen months after a purchase, and never after a no."), 18),),
    },
    "CA": {
        **_contract("CASL, S.C. 2010, c. 23, s. 6(6)", date(2014, 7, 1)),
        **_post("PIPEDA, S.C. 2000, c. 5, s. 7 and Principle 4.3", date(2001, 1, 1)),
        ("electronic", "care"): (
            Rule(CUSTOMER, "CASL, S.C. 2010, c. 23, s. 10(9), 10(10)", date(2014, 7, 1),
                 _("Implied consent ends two years after the last purchase."), 24),),
        ("electronic", "advertising"): (
            Rule(CUSTOMER, "CASL, S.C. 2010, c. 23, s. 10(9), 10(10)", date(2014, 7, 1),
                 _("Implied consent ends two years after the last purchase."), 24),),
        ("call", "care"): (
            Rule(INTEREST, "CRTC Unsolicited Telecommunications Rules", date(2008, 9, 30),
                 NEUTRAL),),
        ("call", "advertising"): (
            Rule(CUSTOMER, "CRTC Unsolicited Telecommunications Rules, Part II", date(2008, 9, 30),
                 _("Eighteen months after a purchase, and never after a no."), 18),),
    },
    "AU": {
        **_contract("Spam Act 2003, Sch. 1 cl. 2", date(2004, 4, 10)),
        **_post("Privacy Act 1988, APP 7", date(2014, 3, 12)),
        ("electronic", "care"): (
            Rule(CUSTOMER, "Spam Act 2003, Sch. 2 cl. 2", date(2004, 4, 10), _(
                "Inferred from what they bought; a way out in every message.")),),
        ("electronic", "advertising"): (
            Rule(CUSTOMER, "Spam Act 2003, Sch. 2 cl. 2", date(2004, 4, 10), _(
                "Inferred from what they bought; a way out in every message.")),),
        ("call", "care"): (
            Rule(INTEREST, "Do Not Call Register Act 2006", date(2007, 5, 31), NEUTRAL),),
        ("call", "advertising"): (
            Rule(CUSTOMER, "Do Not Call Register Act 2006, Sch. 2 cl. 2", date(2007, 5, 31),
                 REGISTER),),
    },
})  # fmt: skip

_DAY = date(2026, 11, 1)
_SAFE = _("No text was read for this; this is the careful side.")

CAREFUL: Mapping[tuple[str, str], Rule] = MappingProxyType({
    **{(group, "service"): Rule(Ground.CONTRACT, "", _DAY, _SAFE)
       for group in ("electronic", "call", "post", "visit")},
    ("electronic", "care"): Rule(Ground.UNKNOWN, "", _DAY, _SAFE),
    ("electronic", "advertising"): Rule(CONSENT, "", _DAY, _SAFE),
    ("call", "care"): Rule(INTEREST, "", _DAY, _SAFE),
    ("call", "advertising"): Rule(CONSENT, "", _DAY, _SAFE),
    ("post", "care"): Rule(INTEREST, "", _DAY, _SAFE),
    ("post", "advertising"): Rule(INTEREST, "", _DAY, _SAFE),
    ("visit", "care"): Rule(INTEREST, "", _DAY, _SAFE),
    ("visit", "advertising"): Rule(INTEREST, "", _DAY, _SAFE),
})  # fmt: skip
