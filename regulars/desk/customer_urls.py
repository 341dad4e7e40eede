from django.urls import path

from regulars.desk import (
    bulk,
    cell_views,
    customer_changes,
    customer_consent,
    customer_page,
    customers,
    looking,
    tier_board,
)

app_name = "customers"
urlpatterns = [
    path("", customers.index, name="list"),
    path("new", customer_page.new, name="new"),
    path("write", customers.write_to, name="write_to"),
    path("tiers", tier_board.board, name="tiers"),
    path("filter", looking.build, name="filter"),
    path("columns", looking.columns, name="columns"),
    path("views/keep", looking.keep, name="keep"),
    path("views/<int:view_id>", looking.change, name="change_view"),
    path("change", bulk.choose, name="bulk"),
    path("change/do", bulk.change, name="change_them"),
    path("change/<int:bulk_id>/", bulk.watch, name="bulk_change"),
    path("change/<int:bulk_id>/stop", bulk.stop, name="stop_bulk_change"),
    path("operations", bulk.operations, name="operations"),
    path("operations/<int:operation_id>/undo", bulk.undo, name="undo_operation"),
    path("cells/undo/<str:token>", cell_views.undo, name="undo_cell"),
    path("<int:customer_id>/cell/<str:name>", cell_views.cell, name="cell"),
    path("take-out", customers.take_out, name="take_out"),
    path("assign", customers.assign, name="assign"),
    path("assignments/<int:assignment_id>/undo", customers.undo, name="undo_assignment"),
    path("<int:customer_id>/", customer_page.detail, name="detail"),
    path("<int:customer_id>/head", customer_page.hero, name="hero"),
    path("<int:customer_id>/facts", customer_page.side, name="side"),
    path("<int:customer_id>/name", customer_changes.rename, name="rename"),
    path("<int:customer_id>/about", customer_changes.describe, name="describe"),
    path("<int:customer_id>/reach", customer_changes.add_point, name="add_point"),
    path(
        "<int:customer_id>/reach/<int:point_id>", customer_changes.change_point, name="change_point"
    ),
    path("<int:customer_id>/manager", customer_changes.hand_over, name="hand_over"),
    path("<int:customer_id>/tier", customer_changes.tier, name="tier"),
    path("<int:customer_id>/permission", customer_changes.permission, name="permission"),
    path("<int:customer_id>/consent/", customer_consent.page, name="consent"),
    path("<int:customer_id>/consent/told", customer_consent.told, name="consent_told"),
    path("<int:customer_id>/consent/wishes", customer_consent.wishes, name="consent_wishes"),
    path("<int:customer_id>/consent/close", customer_consent.close, name="consent_close"),
    path(
        "<int:customer_id>/consent/<int:suppression_id>/lift",
        customer_consent.lift,
        name="consent_lift",
    ),
    path("<int:customer_id>/archive", customer_changes.archive, name="archive"),
    path("<int:customer_id>/restore", customer_changes.restore, name="restore"),
]
