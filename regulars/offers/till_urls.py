"""The till has a short address of its own: it is opened on a phone."""

from django.urls import path

from regulars.offers.views import till

app_name = "till"
urlpatterns = [
    path("", till.home, name="home"),
    path("use", till.use, name="use"),
    path("back/<int:redemption_id>", till.back, name="back"),
]
