from django.urls import path

from regulars.portal import (
    answers,
    bulletins,
    details,
    expectations,
    hear_from_us,
    helping,
    is_it_right,
    leaving,
    offers,
    preferences,
    promises,
    reading,
    staff,
    unsubscribe,
)

app_name = "portal"
urlpatterns = [
    path("u/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("u/<str:token>/now", unsubscribe.one_click, name="one_click"),
    path("p/", preferences.preferences, name="preferences_page"),
    path("p/undo", preferences.undo, name="undo_preferences"),
    path("p/leave", preferences.leave, name="leave"),
    path("p/details", details.details, name="details"),
    path("p/offers", offers.offers, name="my_offers"),
    path("p/promises", promises.promises, name="promises"),
    path("p/<str:token>", preferences.arrive, name="preferences"),
    path("e/<str:token>", expectations.expectations, name="expectations"),
    path("k/<str:token>", answers.answer, name="answer"),
    path("o/<str:token>", offers.by_link, name="offers"),
    path("h/<str:token>", helping.help_page, name="help"),
    path("w/<str:token>", leaving.why, name="why"),
    path("a/<str:token>", reading.article, name="article"),
    path("r/<str:token>", is_it_right.is_it_right, name="is_it_right"),
    path("hear-from-us", hear_from_us.ask, name="hear_from_us"),
    path("ask/<slug:slug>", bulletins.ask, name="ask_about"),
    path("c/<str:token>", hear_from_us.confirm, name="confirm"),
    path("customers/<int:customer_id>/as-they-see-it", staff.as_they_see_it, name="as_they_see_it"),
    path("customers/<int:customer_id>/links/void", staff.void, name="void_links"),
]
