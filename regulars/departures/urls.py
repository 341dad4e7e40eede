from django.urls import path

from regulars.departures.views import leaving

app_name = "departures"
urlpatterns = [
    path("", leaving.home, name="home"),
    path("of/<int:customer_id>", leaving.panel, name="of"),
    path("of/<int:customer_id>/new", leaving.note, name="note"),
    path("<int:departure_id>/back", leaving.came_back, name="came_back"),
    path("<int:departure_id>/undo/<slug:state>", leaving.undo, name="undo"),
]
