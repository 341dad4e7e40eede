from django.urls import path

from regulars.planning import one_views, views

app_name = "planning"
urlpatterns = [
    path("cadences", views.cadences, name="cadences"),
    path("cadences/add", views.add_rule, name="add_rule"),
    path("cadences/lengthen", views.lengthen, name="lengthen"),
    path("cadences/<int:cadence_id>/remove", views.remove_rule, name="remove_rule"),
    path("cadences/back/<str:slip>", views.put_back, name="put_back"),
    path("cadences/of/<int:customer_id>", one_views.panel, name="often"),
    path("cadences/of/<int:customer_id>/agree", one_views.agree, name="agree"),
    path("cadences/of/<int:customer_id>/end/<str:worth>", one_views.end, name="end_one"),
    path("cadences/of/<int:customer_id>/pause", one_views.pause, name="pause"),
    path("cadences/of/<int:customer_id>/pause/end", one_views.end_pause, name="end_pause"),
    path("cadences/of/<int:customer_id>/back/<str:slip>", one_views.put_back, name="put_one_back"),
]
