from django.urls import path

from regulars.desk import (
    customer_notes,
    design,
    people,
    search,
    today,
    today_offline,
    today_shell,
    views,
)

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("today/make", today.make, name="make_list"),
    path("today/<int:item_id>/done", today.finish, name="finish_item"),
    path("today/<int:item_id>/later", today.snooze, name="snooze_item"),
    path("today/<int:item_id>/not-now", today.put_off, name="put_off_item"),
    path("today/<int:item_id>/hand-over", today.hand_over, name="hand_over_item"),
    path("today/<int:item_id>/take-up", today.take_up, name="take_up_item"),
    path("today/<int:item_id>/undo", today.undo, name="undo_item"),
    path("today/kept", today_offline.kept, name="kept"),
    path("today/arrive", today_offline.arrive, name="arrive"),
    path("today/arrived/<int:arrived_id>", today_offline.settle_arrival, name="settle_arrival"),
    path("offline", today_shell.offline, name="offline"),
    path("worker.js", today_shell.worker, name="worker"),
    path("app.webmanifest", today_shell.manifest, name="manifest"),
    path("today/notes", customer_notes.todays, name="todays_notes"),
    path("healthy", views.healthy, name="healthy"),
    path("search", search.search, name="search"),
    path("people/<int:member_id>/hand-over", people.hand_over, name="hand_over"),
    path("design", design.design, name="design"),
]
