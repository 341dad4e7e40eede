from django.urls import path

from regulars.recovery.views import cards, disruptions, home, way_back

app_name = "recovery"
urlpatterns = [
    path("", home.home, name="home"),
    path("print", way_back.for_print, name="print"),
    path("declare", disruptions.declare, name="declare"),
    path("drill", disruptions.drill, name="drill"),
    path("past", disruptions.past, name="past"),
    path("card", cards.card, name="card"),
    path("card/write", cards.write_now, name="write_card"),
    path("card/stop", cards.stop, name="stop_card"),
    path("<int:disruption_id>/", disruptions.show, name="disruption"),
    path("<int:disruption_id>/change", disruptions.change, name="change"),
    path("<int:disruption_id>/end", disruptions.end, name="end"),
]
