from django.urls import path

from regulars.prices import shop_views, views

app_name = "prices"
urlpatterns = [
    path("", views.home, name="home"),
    path("new", views.new, name="new"),
    path("shop/", shop_views.shop, name="shop"),
    path("shop/<int:shop_id>/look", shop_views.look, name="shop_look"),
    path("shop/<int:shop_id>/take", shop_views.take, name="shop_take"),
    path("shop/<int:shop_id>/on", shop_views.switch_on, name="shop_on"),
    path("shop/<int:shop_id>/off", shop_views.switch_off, name="shop_off"),
    path("shop/<int:shop_id>/give-up", shop_views.give_up, name="shop_give_up"),
    path("shop/<int:shop_id>/keep", shop_views.keep, name="shop_keep"),
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
