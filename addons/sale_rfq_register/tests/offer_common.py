from odoo.fields import Command

from .common import RequestCommon


class OfferCommon(RequestCommon):
    """An offer of two lines, each with prices for two delivery terms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exw = cls.env.ref("account.incoterm_EXW")
        cls.fca = cls.env.ref("account.incoterm_FCA")
        cls.tax = cls.env["account.tax"].create({"name": "21 %", "amount": 21})
        cls.offer = cls._new_plain_offer()
        cls.first, cls.second = cls.offer.order_line

    @classmethod
    def _new_plain_offer(cls, **values):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(cls.tax.ids)],
                        }
                    )
                    for product, quantity, price in ((cls.bearing, 5, 100.0), (cls.seal, 3, 20.0))
                ],
                **values,
            }
        )

    @classmethod
    def _new_term(cls, line, incoterm, price, **values):
        return cls.env["sale.offer.term"].create(
            {
                "order_line_id": line.id,
                "incoterm_id": incoterm.id,
                "place": "Prague",
                "price_unit": price,
                **values,
            }
        )

    @classmethod
    def _new_alternative(cls, line, product, **values):
        return cls.env["sale.offer.alternative"].create(
            {"order_line_id": line.id, "product_id": product.id, **values}
        )

    @classmethod
    def _add_terms(cls, order):
        """EXW as it is and FCA 10 % dearer, on all lines."""
        for incoterm, percent in ((cls.exw, 0), (cls.fca, 10)):
            cls.env["sale.offer.term.add"].create(
                {
                    "order_id": order.id,
                    "incoterm_id": incoterm.id,
                    "place": "Prague",
                    "surcharge_percent": percent,
                    "lead_days": percent,
                }
            ).action_add()
