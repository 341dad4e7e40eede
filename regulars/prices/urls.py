from django.urls import path

from regulars.prices import views

app_name = "prices"
urlpatterns = [
    path("", views.home, name="home"),
    path("new", views.new, name="new"),
    path("look-back", views.look, name="look_back"),
    path("publish", views.publish_all, name="publish_all"),
    path("publish/undo/<int:stamp>", views.unpublish_all, name="unpublish_all"),
    path("<int:price_id>/", views.show, name="show"),
    path("<int:price_id>/change", views.change, name="change"),
    path("<int:price_id>/publish", views.publish, name="publish"),
    path("<int:price_id>/publish/undo/<int:stamp>", views.unpublish, name="unpublish"),
    path("<int:price_id>/aside", views.aside, name="aside"),
    path("<int:price_id>/back/<int:stamp>", views.back, name="back"),
    path("<int:price_id>/again", views.again, name="again"),
    path("<int:price_id>/right", views.right, name="right"),
    path("rightings/<int:righting_id>/take-back", views.take_back, name="take_back"),
    path("of/<int:customer_id>/", views.of_customer, name="of"),
]
