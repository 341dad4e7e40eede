from django.urls import path

from regulars.departures.views import costs, leaving, winning

app_name = "departures"
urlpatterns = [
    path("", leaving.home, name="home"),
    path("of/<int:customer_id>", leaving.panel, name="of"),
    path("of/<int:customer_id>/new", leaving.note, name="note"),
    path("costs", costs.costs, name="costs"),
    path("spent/<int:spent_id>/gone", costs.spent_gone, name="spent_gone"),
    path("spent/<int:spent_id>/back", costs.spent_back, name="spent_back"),
    path("why/<slug:name>", winning.reason, name="reason"),
    path("why/<slug:name>/changed", winning.changed, name="changed"),
    path("why/<slug:name>/letter", winning.letter, name="letter"),
    path("why/<slug:name>/farewell", winning.farewell, name="farewell"),
    path("changes/<int:change_id>/gone", winning.change_gone, name="change_gone"),
    path("changes/<int:change_id>/back", winning.change_back, name="change_back"),
    path("<int:departure_id>/goodbye", winning.goodbye, name="goodbye"),
    path("<int:departure_id>/more", winning.more, name="more"),
    path("<int:departure_id>/back", leaving.came_back, name="came_back"),
    path("<int:departure_id>/undo/<slug:state>", leaving.undo, name="undo"),
]
