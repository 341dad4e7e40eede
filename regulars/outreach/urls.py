from django.urls import path

from regulars.outreach.views import campaigns as views
from regulars.outreach.views import helping

app_name = "outreach"
urlpatterns = [
    path("", views.home, name="home"),
    path("new", views.new, {"kind": "message"}, name="new_message"),
    path("new/<slug:kind>", views.new, name="new"),
    path("ways", helping.ways, name="ways"),
    path("ways/new", helping.new_way, name="new_way"),
    path("ways/ask", helping.ask, name="ask_for_help"),
    path("ways/<int:way_id>/gone", helping.way_gone, name="way_gone"),
    path("ways/<int:way_id>/back", helping.way_back, name="way_back"),
    path("ways/offered/<int:offered_id>/thanked", helping.thanked, name="thanked"),
    path("ways/offered/<int:offered_id>/not-thanked", helping.not_thanked, name="not_thanked"),
    path("<int:campaign_id>", views.show, name="show"),
    path("<int:campaign_id>/approve", views.approve, name="approve"),
    path("<int:campaign_id>/pause", views.pause, name="pause"),
    path("<int:campaign_id>/go-on", views.go_on, name="go_on"),
    path("<int:campaign_id>/stop", views.stop, name="stop"),
    path("<int:campaign_id>/away", views.away, name="away"),
]
