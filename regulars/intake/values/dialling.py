"""Phone numbers of the usual shapes, read as `phonenumbers` reads them and ten times as fast.

Whatever is not plainly one of these shapes is left to the library: a wrong guess would call a
stranger. A test compares both over every region.
"""

import re
from dataclasses import dataclass
from functools import cache

LONGEST = 40
_SHAPE = re.compile(r"\+\d[\d ().-]*\d|\(?\d[\d ().-]*\d", re.ASCII)
_BETWEEN = str.maketrans("", "", " ().-")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the numbers of a country are made up, as far as plain ones need it."""

    code: str
    # How many digits a number has behind the country's code.
    lengths: frozenset[int]
    abroad: re.Pattern[str]
    # What is dialled before a number at home; a plain one is just left out.
    trunk: re.Pattern[str] | None
    is_trunk_plain: bool
    whole: re.Pattern[str]


def dialled(text: str, region: str) -> str:
    """A number in its international form; nothing where the library has to be asked."""
    if len(text) > LONGEST or not _SHAPE.fullmatch(text):
        return ""
    digits = text.translate(_BETWEEN)
    if digits[0] == "+":
        code = next((digits[1:end] for end in (2, 3, 4) if digits[1:end] in _codes()), "")
        plan = _plan_of_code(code) if code else None
        rest = digits[1 + len(code) :]
    else:
        plan, rest = (_plan_of_region(region) if region else None), digits
        if plan is not None and (plan.abroad.match(rest) or rest.startswith(plan.code)):
            return ""
    return _within(plan, rest) if plan is not None and rest else ""


def _within(plan: Plan, rest: str) -> str:
    if plan.trunk is not None and (found := plan.trunk.match(rest)):
        if not plan.is_trunk_plain or plan.whole.fullmatch(rest):
            return ""
        rest = rest[found.end() :]
    return f"+{plan.code}{rest}" if len(rest) in plan.lengths else ""


@cache
def _codes() -> frozenset[str]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return frozenset(str(code) for code in COUNTRY_CODE_TO_REGION_CODE)


@cache
def _plan_of_code(code: str) -> Plan | None:
    from phonenumbers import region_code_for_country_code

    return _plan(int(code), region_code_for_country_code(int(code)))


@cache
def _plan_of_region(region: str) -> Plan | None:
    from phonenumbers import country_code_for_region

    code = country_code_for_region(region)
    return _plan(code, region) if code else None


def _plan(code: int, region: str) -> Plan | None:
    from phonenumbers import PhoneMetadata, region_code_for_country_code

    made = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    # Whether a number is possible is told by the country that a code belongs to first.
    first = PhoneMetadata.metadata_for_region_or_calling_code(
        code, region_code_for_country_code(code)
    )
    if not (made and first and made.general_desc and first.general_desc):
        return None
    lengths = set(made.general_desc.possible_length) & set(first.general_desc.possible_length)
    told = made.national_prefix_for_parsing or ""
    trunk = re.compile(told) if told else None
    return Plan(
        str(code),
        frozenset(lengths),
        re.compile(made.international_prefix or "(?!)"),
        trunk,
        trunk is not None and not trunk.groups and not made.national_prefix_transform_rule,
        re.compile(made.general_desc.national_number_pattern or "(?!)"),
    )
