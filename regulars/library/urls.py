from django.urls import path

from regulars.library.views import articles, shares, statements

app_name = "library"
urlpatterns = [
    path("", articles.home, name="home"),
    path("ask/", articles.ask, name="ask"),
    path("new/", articles.new, name="new_article"),
    path("<int:article_id>/", articles.show, name="article"),
    path("<int:article_id>/file", articles.file, name="article_file"),
    path("<int:article_id>/change", articles.change, name="change_article"),
    path("<int:article_id>/put-away", articles.put_away, name="put_away_article"),
    path("<int:article_id>/take-out", articles.take_out, name="take_out_article"),
    path("<int:article_id>/for-all/", shares.mail, name="mail_article"),
    path("<int:article_id>/for/<int:customer_id>/", shares.share, name="share"),
    path("of/<int:customer_id>", shares.panel, name="panel"),
    path("shares/<int:share_id>/answer", shares.answer, name="answer"),
    path("shares/<int:share_id>/take-back", shares.take_back, name="take_back"),
    path("why/", statements.home, name="statements"),
    path("why/add", statements.add, name="add_statement"),
    path("why/<int:statement_id>/change", statements.change, name="change_statement"),
    path("why/<int:statement_id>/put-away", statements.put_away, name="put_away_statement"),
    path("why/<int:statement_id>/take-out", statements.take_out, name="take_out_statement"),
    path("why/<int:statement_id>/proof", statements.prove, name="prove_statement"),
    path(
        "why/<int:statement_id>/proof/<int:proof_id>/remove", statements.remove_proof,
        name="remove_proof",
    ),
]  # fmt: skip
