from django.urls import path

from regulars.outreach import views

app_name = "outreach"
urlpatterns = [
    path("", views.home, name="home"),
    path("new", views.new, {"kind": "message"}, name="new_message"),
    path("new/<slug:kind>", views.new, name="new"),
    path("<int:campaign_id>", views.show, name="show"),
    path("<int:campaign_id>/approve", views.approve, name="approve"),
    path("<int:campaign_id>/pause", views.pause, name="pause"),
    path("<int:campaign_id>/go-on", views.go_on, name="go_on"),
    path("<int:campaign_id>/stop", views.stop, name="stop"),
    path("<int:campaign_id>/away", views.away, name="away"),
]
