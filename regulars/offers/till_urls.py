"""The till has a short address of its own: it is opened on a phone."""

from django.urls import path

from regulars.offers.views import kept, till

app_name = "till"
urlpatterns = [
    path("", till.home, name="home"),
    path("use", till.use, name="use"),
    path("back/<int:redemption_id>", till.back, name="back"),
    path("kept", kept.kept, name="kept"),
    path("arrive", kept.arrive, name="arrive"),
    path("arrived/<int:use_id>", kept.settle, name="settle"),
]
