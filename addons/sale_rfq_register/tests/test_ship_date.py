from datetime import timedelta

from odoo.fields import Command, Date
from odoo.tests import HttpCase, tagged

from .offer_common import OfferCommon


@tagged("post_install", "-at_install")
class TestShipDate(OfferCommon):
    """Ship dates that can be kept, beside those that were asked for (O11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.company._get_today()

    @classmethod
    def _day(cls, days):
        return cls.today + timedelta(days=days)

    def _offer(self, *lines, **values):
        request = self._new_request(
            *[{"product_id": self.bearing.id, "quantity": 5, **line} for line in lines], **values
        )
        request.action_check()
        return request._create_offers()

    def _delivery_day(self, order):
        return order.company_id._get_day(order.commitment_date)

    def test_required_day_is_kept(self):
        order = self._offer({"date_required": self._day(20)})
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "required_date": self._day(20),
                    "offer_ship_date": self._day(20),
                    "ship_date_note": False,
                }
            ],
        )
        self.assertEqual(self._delivery_day(order), self._day(20))
        self.assertFalse(order.ship_date_note)

    def test_lead_time_makes_it_late(self):
        order = self._offer({"date_required": self._day(3)})
        line = order.order_line
        line.customer_lead = 15
        self.assertEqual(line.offer_ship_date, self._day(15))
        self.assertEqual(self._delivery_day(order), self._day(15))
        english = line.with_context(lang="en_US")
        self.assertEqual(
            english.ship_date_note,
            f"Requested {self._day(3):%m/%d/%Y}, can be shipped {self._day(15):%m/%d/%Y}",
        )
        self.assertIn(english.ship_date_note, order.with_context(lang="en_US").ship_date_note)

    def test_day_of_the_request_is_that_of_its_lines(self):
        order = self._offer({}, {"date_required": self._day(5)}, delivery_date_to=self._day(12))
        self.assertEqual(order.order_line.mapped("offer_ship_date"), [self._day(12), self._day(5)])
        self.assertEqual(self._delivery_day(order), self._day(12))

    def test_delivery_date_follows_until_a_person_sets_it(self):
        order = self._offer({"date_required": self._day(5)})
        order.order_line.offer_ship_date = self._day(8)
        self.assertEqual(self._delivery_day(order), self._day(8))
        order.commitment_date = f"{self._day(30)} 10:00:00"
        order.order_line.offer_ship_date = self._day(9)
        self.assertEqual(self._delivery_day(order), self._day(30))

    def test_day_given_by_hand(self):
        self.assertFalse(self.offer.commitment_date)
        self.first.required_date = self._day(7)
        self.assertEqual(self.first.offer_ship_date, self._day(7))
        self.assertEqual(self._delivery_day(self.offer), self._day(7))

    def test_own_delivery_date_of_a_new_offer(self):
        order = self._new_plain_offer(
            commitment_date=f"{self._day(40)} 10:00:00",
            order_line=[
                Command.create({"product_id": self.seal.id, "required_date": self._day(4)})
            ],
        )
        self.assertEqual(self._delivery_day(order), self._day(40))

    def test_terms_wait_for_the_required_day_too(self):
        self.first.required_date = self._day(6)
        self._add_terms(self.offer)
        exw, fca = self.first.term_ids
        self.assertEqual((exw.ship_date, fca.ship_date), (self._day(6), self._day(10)))
        fca.action_select()
        self.assertEqual(self.first.offer_ship_date, self._day(10))
        self.assertTrue(self.first.ship_date_note)
        self.first.required_date = self._day(12)
        self.assertEqual(self.first.term_ids.mapped("ship_date"), [self._day(12)] * 2)
        self.assertEqual(self.first.offer_ship_date, self._day(12))

    def test_confirmed_order_keeps_its_days(self):
        order = self._offer({"date_required": self._day(5)})
        order.action_confirm()
        order.order_line.product_uom_qty = 50
        order.order_line.customer_lead = 30
        self.assertEqual(order.order_line.offer_ship_date, self._day(5))

    def test_copy(self):
        order = self._offer({"date_required": self._day(5)})
        copy = order.copy()
        self.assertEqual(copy.order_line.required_date, self._day(5))
        self.assertEqual(self._delivery_day(copy), self._day(5))

    def test_ordinary_offer_says_nothing(self):
        self.assertFalse(any(self.offer.order_line.mapped("ship_date_note")))
        self.assertFalse(self.first._get_ship_date_text())
        self.assertEqual(self.first.offer_ship_date, Date.today())


@tagged("post_install", "-at_install")
class TestShipDateShown(OfferCommon, HttpCase):
    """The customer reads what was asked for and what is promised."""

    def test_portal_and_print(self):
        today = self.env.company._get_today()
        asked, possible = today + timedelta(days=3), today + timedelta(days=15)
        self.first.write({"required_date": asked, "customer_lead": 15})
        self.second.required_date = possible
        self.offer.action_quotation_sent()
        late = f"Requested {asked:%m/%d/%Y}, can be shipped {possible:%m/%d/%Y}"
        page = self.url_open(self.offer.get_portal_url())
        report, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", self.offer.ids
        )
        for text in (page.text, report.decode()):
            self.assertIn(late, text)
            self.assertIn(f"Ships on {possible:%m/%d/%Y}", text)
