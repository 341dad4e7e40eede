from django.urls import path

from regulars.departures import views

app_name = "departures"
urlpatterns = [
    path("", views.home, name="home"),
    path("of/<int:customer_id>", views.panel, name="of"),
    path("of/<int:customer_id>/new", views.note, name="note"),
    path("<int:departure_id>/back", views.came_back, name="came_back"),
    path("<int:departure_id>/undo/<slug:state>", views.undo, name="undo"),
]
