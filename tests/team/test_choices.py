from pathlib import Path

import pytest

from regulars.team import choices


@pytest.mark.parametrize(
    ("country", "currency"),
    [("GB", "GBP"), ("DE", "EUR"), ("JP", "JPY"), ("", "EUR"), ("XX", "EUR")],
)
def test_currency_of_a_country(country: str, currency: str) -> None:
    assert choices.currency_of(country) == currency


def test_countries_are_countries_by_name() -> None:
    listed = choices.countries()

    assert ("GB", "United Kingdom") in listed
    assert listed == sorted(listed, key=lambda pair: pair[1])
    assert {"EU", "UN", "ZZ"} & {code for code, _name in listed} == set()
    assert 230 < len(listed) < 270


def test_currencies_are_paid_with_today() -> None:
    codes = {code for code, _name in choices.currencies()}

    assert {"GBP", "EUR", "USD", "JPY", "KWD"} <= codes
    assert {"DEM", "XAU"} & codes == set()


def test_time_zones_are_where_people_live() -> None:
    zones = dict(choices.time_zones())

    assert zones["America/New_York"] == "America/New York"
    assert {"UTC", "Europe/London"} <= set(zones)
    assert {"Etc/GMT+5", "GMT", "localtime", "EST5EDT"} & set(zones) == set()


def test_zone_here_reads_the_setting_of_the_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = tmp_path / "zoneinfo" / "Europe" / "Lisbon"
    zone.parent.mkdir(parents=True)
    zone.touch()
    (tmp_path / "localtime").symlink_to(zone)
    monkeypatch.setattr(choices, "LOCALTIME", tmp_path / "localtime")
    monkeypatch.delenv("TZ", raising=False)

    assert choices.zone_here() == "Europe/Lisbon"

    monkeypatch.setenv("TZ", ":America/Lima")
    assert choices.zone_here() == "America/Lima"
    monkeypatch.setenv("TZ", "nowhere")
    assert choices.zone_here() == "UTC"


def test_country_of_zone() -> None:
    zones = ["Europe/Lisbon", "UTC", "nowhere"]

    assert [choices.country_of_zone(zone) for zone in zones] == ["PT", "", ""]
