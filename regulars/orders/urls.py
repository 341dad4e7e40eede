from django.urls import path

from regulars.orders import views

app_name = "orders"
urlpatterns = [
    path("credit/of/<int:customer_id>", views.panel, name="credit_of"),
    path("credit/of/<int:customer_id>/spend", views.spend, name="spend_credit"),
    path("sellers", views.sellers, name="sellers"),
    path("sellers/<int:seller_id>", views.seller, name="seller"),
    path("credit/<int:entry_id>/back", views.give_back, name="give_back"),
]
