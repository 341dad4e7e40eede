from django.urls import path

from regulars.orders import views

app_name = "orders"
urlpatterns = [
    path("credit/of/<int:customer_id>", views.panel, name="credit_of"),
    path("credit/of/<int:customer_id>/spend", views.spend, name="spend_credit"),
    path("credit/<int:entry_id>/back", views.give_back, name="give_back"),
]
