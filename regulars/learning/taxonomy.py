"""The themes that come along: of what customers of most businesses speak, and in which words.

A word is folded; `*` at its end lets any ending follow (“deliver*” finds “delivered”). Words of
`bad` and `good` say by themselves how somebody speaks; those of `plain` only name the matter, and
what stands beside them says whether it is praised. Written in English and Portuguese; a business
adds its own under *Words of each theme*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

# The theme whose words tell the mood of others that are only named.
OVERALL = "overall"


@dataclass(frozen=True, slots=True)
class Given:
    """A theme as it comes along: its name and its words, by how they speak."""

    name: "str | _StrPromise"
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()


def _listed(text: str) -> tuple[str, ...]:
    """Words and phrases, divided by commas."""
    return tuple(dict.fromkeys(" ".join(one.split()) for one in text.split(",") if one.strip()))


OURS: Mapping[str, Given] = {
    "late": Given(
        _("Delivery and waiting"),
        bad=_listed(
            "late, delay*, not on time, still waiting, took too long, takes too long, too slow,"
            " took ages, long wait, waited, behind schedule, slow delivery,"
            " demor*, atras*, fora do prazo, passou do prazo, depois do prazo, apos o prazo,"
            " prazo expir*, prazo muito longo, estou aguardando, estou esperando, ate agora nada,"
            " nunca chega, muito tempo"
        ),
        good=_listed(
            "on time, in time, fast delivery, quick delivery, prompt*, punctual*, before time,"
            " early delivery, came quickly, arrived quickly, delivered fast, timely,"
            " antes do prazo, antes da data, antes do previsto, antes do esperado, no prazo,"
            " dentro do prazo, dentro da data, entrega rapid*, rapida entrega, chegou rapid*,"
            " super rapid*, muito rapid*, bem rapid*, pontual*, rapidez, agilidade, agil, em dia"
        ),
        plain=_listed(
            "deliver*, shipping, shipment, courier, dispatch*, arriv*, entreg*, prazo*, correios,"
            " transportador*, chegada"
        ),
    ),
    "missing": Given(
        _("Not received, or not all of it"),
        bad=_listed(
            "not received, never received, did not receive, didn't receive, never arrived,"
            " not arrived, did not arrive, didn't arrive, never came, did not come, didn't come,"
            " not delivered, missing, incomplete, only one of, not in the box, lost in the post,"
            " nao recebi*, nao chegou, nao chegar*, nunca chegou, nunca recebi, ainda nao,"
            " nao foi entregue, nao entreg*, nem recebi, sem receber, nao recebimento, nao veio,"
            " nao vieram, faltou, faltando, faltaram, falta um*, so veio, veio so, so chegou,"
            " chegou so, recebi so, recebi apenas, veio apenas, apenas um*, apenas parte, metade,"
            " incomplet*, extravi*, nao entregue, perderam"
        ),
        good=_listed("all there, complete order, tudo certo, veio tudo, veio completo"),
    ),
    "damaged": Given(
        _("Damaged or not working"),
        bad=_listed(
            "damaged, broken, broke, dent*, scratch*, crack*, torn, leak*, leaking, defect*,"
            " faulty, not working, doesn't work, does not work, didn't work, stopped working,"
            " not work, dead, crushed, bent, smashed, malfunction*,"
            " quebrad*, quebrou, quebrando, danific*, amassad*, rasgad*, rasgou, defeit*,"
            " defeituos*, lascad*, riscad*, nao funcion*, parou de funcionar, estragad*, estragou,"
            " furad*, avariad*, rachad*, queimad*, queimou, soltando, descol*, manchad*, vazando"
        ),
        good=_listed(
            "in perfect condition, in good condition, perfeito estado, bom estado, intact*,"
            " funcionando, funciona perfeit*, funciona bem, works well, works perfectly,"
            " working fine, working well"
        ),
        plain=_listed("funciona*, works, working"),
    ),
    "wrong": Given(
        _("Not what was ordered"),
        bad=_listed(
            "wrong, not what i ordered, different from, instead of, not as described,"
            " not as shown, not as pictured, fake, counterfeit, not original, not genuine,"
            " misleading, mixed up,"
            " errad*, trocad*, diferente d*, outra cor, outro produto, outro modelo, outra marca,"
            " divergent*, nao corresponde*, nao e o que, nao foi o que, nao era o que,"
            " em vez de, no lugar de, falsificad*, falso*, falsa*, nao e original, nao original,"
            " pirata*, enganos*, enganad*, nao confere, nao e igual, nao serve, nao serviu,"
            " nao coube, nao compativel, incompativ*"
        ),
        good=_listed(
            "as described, as shown, as pictured, exactly what, just what i, as expected,"
            " conforme descri*, conforme o anunci*, conforme anunci*, conforme a foto,"
            " como descrito, como na foto, como esperad*, igual a foto, igual ao*, exatamente como,"
            " produto correto, original"
        ),
    ),
    "quality": Given(
        _("Quality"),
        bad=_listed(
            "poor quality, bad quality, low quality, worst quality, cheap quality, flimsy,"
            " cheaply made, badly made, falls apart, fell apart, overheat*, over heat*, heating,"
            " hang*, lag, laggy, lags, slow, noisy, blurry, wears out, faded, shrank,"
            " pessima qualidade, ma qualidade, qualidade ruim, baixa qualidade, qualidade inferior,"
            " mal feit*, mal acabad*, fragil, frageis, muito fin*, transparente, vagabund*,"
            " desbot*, encolh*, mal produzid*, porcaria, lixo"
        ),
        good=_listed(
            "good quality, great quality, high quality, best quality, excellent quality,"
            " well made, durable, sturdy, solid, long lasting, smooth*, crisp, comfortable,"
            " boa qualidade, otima qualidade, excelente qualidade, qualidade boa, qualidade otima,"
            " muita qualidade, qualidade excelente, bem feit*, bem acabad*, resistent*, duravel,"
            " confortavel, macio, macia, lind*, bonit*"
        ),
        plain=_listed(
            "quality, material*, fabric, finish, performance, product, products, item,"
            " qualidade, acabamento, tecido, produto, produtos, mercadoria"
        ),
    ),
    "taste": Given(
        _("Taste and freshness"),
        bad=_listed(
            "stale, tasteless, bland, mouldy, moldy, burnt, undercooked, overcooked, soggy, sour,"
            " too salty, too sweet, dry, rotten, not fresh, cold food,"
            " sem gosto, sem sabor, azed*, mofad*, velho, murch*, estragado, salgado demais"
        ),
        good=_listed(
            "tasty, delicious, fresh, freshly, crusty, yummy, juicy, melts,"
            " gostos*, delicios*, saboros*, fresc*, quentinh*"
        ),
        plain=_listed("taste*, flavour*, flavor*, bread, loaf, cake, sabor*, gosto de, pao"),
    ),
    "price": Given(
        _("Price and value"),
        bad=_listed(
            "expensive, overpriced, costly, not worth, waste of money, rip off, ripped off,"
            " hidden charge*, charged twice, overcharged, price rise, dearer, too much money,"
            " price hike, cheaper elsewhere, wast* money,"
            " caro, cara, muito caro, nao vale*, dinheiro fora, jogar dinheiro, dinheiro no lixo,"
            " cobrad*, cobranca*, frete caro, frete alto, preco alto"
        ),
        good=_listed(
            "value for money, worth*, good price, great price, best price, fair price,"
            " reasonable, affordable, cheap, bargain, good deal, great deal, good value, budget,"
            " money's worth, valuable,"
            " bom preco, otimo preco, melhor preco, preco bom, preco otimo, preco justo,"
            " custo beneficio, barat*, vale a pena, valeu a pena, vale cada, em conta, promocao"
        ),
        plain=_listed("price*, pricing, cost, costs, money, preco*, valor, frete, dinheiro"),
    ),
    "service": Given(
        _("Service and staff"),
        bad=_listed(
            "rude, unfriendly, unhelpful, impolite, careless, ignored, no help, didn't care,"
            " does not care, doesn't care, bad service, poor service, no manners,"
            " mal atendid*, pessimo atendimento, atendimento ruim, atendimento pessimo, descaso,"
            " falta de respeito, desrespeit*, falta de atencao, falta de compromisso, mal educad*,"
            " falta de comprometimento, sem compromisso, nao tem respeito, grosseir*"
        ),
        good=_listed(
            "friendly, helpful, kind, kindly, polite, attentive, caring, courteous, welcoming,"
            " good service, great service, excellent service, well served, went out of,"
            " atencios*, bem atendid*, bom atendimento, otimo atendimento, excelente atendimento,"
            " prestativ*, educad*, simpatic*, cuidados*, comprometid*, respeito, profissiona*"
        ),
        plain=_listed(
            "service, staff, support, assistant, customer care, team, driver, waiter, cashier,"
            " atendimento, suporte, vendedor*, funcionari*, atendente*, entregador*, sac"
        ),
    ),
    "told": Given(
        _("Being told and answered"),
        bad=_listed(
            "no reply, no response, no answer, never answered, didn't answer, not answered,"
            " never replied, nobody told, no information, not informed, no update, no updates,"
            " unreachable, couldn't reach, no one answers, nobody answers,"
            " sem resposta*, nao respond*, ninguem respond*, nenhuma resposta, nao obtive,"
            " sem retorno, nenhum retorno, sem informac*, nenhuma informac*, nem nenhuma,"
            " sem satisfac*, nao recebi resposta*, nao informa*, nao consigo contato,"
            " nao consigo falar, entrar em contato, sem feedback, sem reposta, sem noticia*,"
            " nao tive resposta, ignorando, nao da resposta"
        ),
        good=_listed(
            "kept me informed, keeps us informed, quick reply, quick response, answered quickly,"
            " well informed, called me back, rang back, clear information,"
            " resposta rapida, respondeu rapid*, bem informad*, sempre inform*, boa comunicacao,"
            " otima comunicacao"
        ),
        plain=_listed(
            "communication, informed, tracking, comunicacao, rastrei*, rastreamento, informacao,"
            " informacoes, resposta, contato"
        ),
    ),
    "money_back": Given(
        _("Money back, returns and cancelling"),
        bad=_listed(
            "refund*, money back, return it, sent it back, returned it, replacement, replace*,"
            " cancelled, canceled, cancel my, exchange it, compensation,"
            " estorn*, extorn*, reembols*, devolv*, devoluc*, dinheiro de volta, ressarc*,"
            " cancelad*, cancelamento*, cancelar, cancelei, trocar, minha troca, fazer a troca"
        ),
        good=_listed(
            "refunded at once, refunded quickly, easy return, easy returns, troca rapida,"
            " devolveram rapid*"
        ),
        plain=_listed("return policy, warranty, garantia, troca"),
    ),
    "packing": Given(
        _("Packing"),
        bad=_listed(
            "badly packed, poorly packed, poor packaging, bad packaging, box was open,"
            " no packaging, open box, mal embalad*, embalagem ruim, embalagem pessima,"
            " caixa aberta, caixa amassad*, sem embalagem, embalagem abert*, sem lacre, sem protec*"
        ),
        good=_listed(
            "well packed, good packaging, great packaging, nicely packed, carefully packed,"
            " bem embalad*, boa embalagem, otima embalagem, embalagem boa, embalagem otima,"
            " muito bem embalad*"
        ),
        plain=_listed("packag*, packing, packed, embalag*, embalad*, caixa"),
    ),
    "stock": Given(
        _("Choice and stock"),
        bad=_listed(
            "out of stock, sold out, not available, unavailable, nothing left, no choice,"
            " ran out, run out, esgotad*, sem estoque, falta de estoque, nao tem em estoque,"
            " indisponivel"
        ),
        good=_listed(
            "good choice, great choice, wide range, great selection, good selection, always in"
            " stock, grande variedade, boa variedade, varias opcoes"
        ),
        plain=_listed("stock, choice, selection, range, estoque, variedade"),
    ),
    "website": Given(
        _("Website, app and ordering"),
        bad=_listed(
            "website down, site down, app crash*, page error, login problem, can't log in,"
            " cannot log in, hard to order, confusing, can't pay, payment failed,"
            " site ruim, erro no site, site confuso, site fora, nao consigo comprar"
        ),
        good=_listed(
            "easy to order, easy ordering, easy to use, user friendly, simple to order,"
            " facil de comprar, facil de usar, compra facil, site confiavel, site bom, pratico,"
            " confiavel, loja confiavel, facilidade"
        ),
        plain=_listed(
            "website, web site, online shop, checkout, login, app, site, aplicativo, pagina,"
            " nota fiscal, boleto"
        ),
    ),
    "place": Given(
        _("Opening hours, queues and the place"),
        bad=_listed(
            "closed, queue*, long line, crowded, dirty, too loud, no parking, no seat*, shut,"
            " fila, fechad*, suj*, lotad*, barulhent*, sem estacionamento"
        ),
        good=_listed(
            "cosy, cozy, clean, spotless, nice place, lovely place, good atmosphere, open late,"
            " aconchegant*, limp*, ambiente agradavel"
        ),
        plain=_listed("opening hours, parking, shop, cafe, atmosphere, horario, estacionamento"),
    ),
    "safety": Given(
        _("Safety and allergies"),
        bad=_listed(
            "unsafe, dangerous, injur*, food poisoning, allerg*, got sick, made me ill, choking,"
            " electric shock, sharp edge*, caught fire, hazard*,"
            " perigos*, machuc*, intoxicac*, alergi*, passei mal, choque, pegou fogo, inseguran*"
        ),
        good=_listed("felt safe, safe and sound, seguro, segura, seguranca"),
    ),
    OVERALL: Given(
        _("On the whole"),
        bad=_listed(
            "bad, worst, worse, poor, poorly, terrible, horrible, awful, pathetic, waste, wasted,"
            " wasting, disappoint*, useless, unhappy, hate*, annoy*, problem*, issue*, trouble,"
            " regret*, don't buy, dont buy, do not buy, don,t buy, stop buying, never again,"
            " never buy, not buy, dissatisf*, unsatisf*, complain*, cheat*, fraud, scam, lie, lies,"
            " nonsense, garbage, rubbish, trash, shame, avoid, third class, faltu, fail*,"
            " drawback*,"
            " overhyped, angry, upset, sorry to say, beware, cons, lack*, dull, dummy, weak,"
            " average,"
            " not up to, not upto, not sertify, not recommend*, could be better, should improve,"
            " ruim, ruins, pessim*, pecim*, horri*, problem*, plobema, insatisf*, decepcion*,"
            " decepc*,"
            " triste, infeliz*, lament*, absurd*, pior, reclam*, odiei, detest*, arrepend*,"
            " nunca mais,"
            " desapont*, fracasso, vergonh*, mentir*, chatead*, frustr*, indign*, desagrad*, deixou"
            " a desejar, deixa a desejar, a desejar, regular, infelizmente, deixaram a desejar,"
            " nao compro mais, nao compraria, nao indico, cuidado, piorou, complicad*, nada a ver"
        ),
        good=_listed(
            "good, great, nice, excellent, best, perfect*, love*, lovely, amazing, awesome, superb,"
            " super, happy, satisf*, recommend*, fine, wonderful, fantastic, brilliant, impress*,"
            " outstanding, fabulous, pleased, glad, enjoy*, must buy, go for it, beautiful*,"
            " delight*, gorgeous, splendid, mind blowing, terrific, favourite, favorite,"
            " marvellous,"
            " bom, boa, bons, boas, otim*, excelent*, excelen*, perfeit*, ador*, amei, gostei,"
            " gostamos, maravilh*, top, satisfeit*, satisfat*, recomend*, feliz*, show, nota 10,"
            " nota dez, adorei, legal, eficien*, eficaz, incrivel, fantastic*, sensacion*, amando,"
            " surpreend*, superou, melhor, bacana, correto, certinho, contente, impecavel, sucesso,"
            " compraria de novo, comprarei novamente, voltarei, aprovad*, atendeu, cumpr*"
        ),
    ),
    "thanks": Given(
        _("Thanks"),
        good=_listed(
            "thank*, thx, grateful, well done, keep it up, keep up the, kudos, hats off,"
            " obrigad*, grato*, grata*, parabens, agradec*, sucesso a*, valeu"
        ),
    ),
}
