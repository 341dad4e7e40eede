from django.urls import path

from regulars.helping import views

app_name = "helping"
urlpatterns = [
    path("", views.home, name="home"),
    path("of/<int:customer_id>", views.panel, name="of"),
    path("of/<int:customer_id>/new", views.ask, name="ask"),
    path("of/<int:customer_id>/nothing", views.nothing, name="nothing"),
    path("<int:request_id>/", views.show, name="show"),
    path("<int:request_id>/come-back", views.come_back_to, name="come_back"),
    path("<int:request_id>/withdraw", views.withdraw, name="withdraw"),
    path("<int:request_id>/hand-over", views.give_to, name="hand_over"),
    path("<int:request_id>/back/<slug:state>", views.back, name="back"),
]
