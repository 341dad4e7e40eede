"""A link that a text can say leads to the page that it asks for."""

from django.urls import resolve

from regulars.core.asking_links import asking_links
from regulars.core.public_addresses import OPENS, STAND_IN
from regulars.core.signed_links import LIVES, NUMBERS


def test_each_leads_to_a_page_of_the_portal() -> None:
    for link in asking_links:
        assert resolve(f"/{link.path}/{STAND_IN}").view_name == OPENS[link.kind]
        assert link.kind in NUMBERS.keys() & LIVES.keys()
