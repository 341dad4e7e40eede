"""Where the rest that is known of a customer is changed, and the settings of the list."""

from django.urls import path

from regulars.desk import customer_known_changes as known
from regulars.desk import customer_segments, list_settings

KNOWN = [
    path("settings", list_settings.page, name="settings"),
    path("settings/fields", list_settings.add_field, name="add_field"),
    path("settings/fields/<int:field_id>", list_settings.change_field, name="change_field"),
    path("settings/tags", list_settings.new_tag, name="new_tag"),
    path("settings/tags/<int:tag_id>", list_settings.change_tag, name="change_tag"),
    path("<int:customer_id>/relations", known.add_relation, name="add_relation"),
    path(
        "<int:customer_id>/relations/<int:relation_id>",
        known.change_relation,
        name="change_relation",
    ),
    path("<int:customer_id>/lives-with", known.live_with, name="live_with"),
    path("<int:customer_id>/household", known.change_household, name="change_household"),
    path("<int:customer_id>/interests", known.add_interest, name="add_interest"),
    path(
        "<int:customer_id>/interests/<int:interest_id>",
        known.change_interest,
        name="change_interest",
    ),
    path("<int:customer_id>/tags", known.add_tag_to, name="add_tag"),
    path("<int:customer_id>/tags/<int:tag_id>/off", known.take_tag_off, name="take_tag_off"),
    path(
        "<int:customer_id>/segments/<int:segment_id>",
        customer_segments.why,
        name="why_in",
    ),
    path("<int:customer_id>/own-fields", known.set_own, name="set_own"),
]
