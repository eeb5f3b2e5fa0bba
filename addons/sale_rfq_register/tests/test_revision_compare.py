import doctest

from lxml import html

from odoo.tests import Form, tagged

from .. import comparison
from .common import RequestCommon


def load_tests(loader, tests, ignore):
    tests.addTests(doctest.DocTestSuite(comparison))
    return tests


@tagged("post_install", "-at_install")
class TestRevisionCompare(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._new_request(
            {"product_id": cls.bearing.id, "quantity": 5},
            {"product_id": cls.seal.id, "quantity": 7},
            {"product_id": cls.motor.id, "quantity": 1},
        )
        cls.request.action_check()
        cls.request.action_create_offer()
        cls.old = cls.request.order_ids
        cls.new = cls.old._revise()
        bearing, seal, motor = cls.new.order_line
        bearing.write({"product_uom_qty": 40, "price_unit": 9, "name": "6204 <script>"})
        seal.unlink()
        cls.new.order_line = [(0, 0, {"product_id": cls.seal.id, "name": "Added by hand"})]
        cls.motor_line = motor
        cls.new.payment_term_id = cls.env.ref("account.account_payment_term_30days")

    def _compare(self, old=None, new=None, **context):
        wizard = (
            self.env["offer.compare"]
            .with_context(**context)
            .create({"old_id": (old or self.old).id, "new_id": (new or self.new).id})
        )
        return html.fromstring(wizard.comparison)

    def _rows(self, page, kind):
        return [
            " ".join(row.text_content().split()) for row in page.xpath(f"//tr[@name='{kind}']")
        ]

    def test_doctest(self):
        self.assertFalse(doctest.testmod(comparison).failed)

    def test_delivery_terms_and_alternatives(self):
        old = self._new_offer()
        self.env["sale.offer.term"].create(
            {
                "order_line_id": old.order_line.id,
                "incoterm_id": self.env.ref("account.incoterm_EXW").id,
                "place": "Brno",
                "price_unit": 12,
                "lead_days": 14,
            }
        )
        new = old._revise()
        new.order_line.term_ids.price_unit = 13
        self.env["sale.offer.alternative"].create(
            {
                "order_line_id": new.order_line.id,
                "product_id": self.motor.id,
                "product_uom_qty": 2,
                "price_unit": 8,
                "discount": 5,
                "lead_days": 0,
            }
        )
        page = self._compare(old, new)
        term, alternative = self._rows(page, "option")
        self.assertRegex(term, r"^EXW Brno .*12\.00, 14 days, chosen .*13\.00, 14 days, chosen$")
        self.assertRegex(
            alternative,
            r"^Alternative: .*motor 0.55 kW, EXW Brno – 2 Units × .*8\.00, 5 % off$",
        )
        self.assertEqual(len(self._rows(page, "changed")), 1)

    def test_changed_and_same(self):
        # the seal that was added by hand is the seal of the first revision: the product says so
        page = self._compare()
        changed = self._rows(page, "changed")
        self.assertEqual(len(changed), 2)
        self.assertIn("5.00 40.00", changed[0])
        self.assertIn("10.00 9.00", changed[0])
        self.assertIn("50.00", changed[0])
        self.assertIn("360.00", changed[0])
        self.assertEqual(len(self._rows(page, "same")), 1)

    def test_added_and_removed(self):
        self.new.order_line[-1].unlink()
        self.new.order_line = [(0, 0, {"product_id": self.motor.id, "product_uom_qty": 3})]
        page = self._compare()
        self.assertEqual(len(self._rows(page, "added")), 1)
        removed = self._rows(page, "removed")
        self.assertEqual(len(removed), 1)
        self.assertIn("Removed", removed[0])
        back = self._compare(self.new, self.old)
        self.assertEqual(len(self._rows(back, "added")), 1)

    def test_escaped(self):
        page = self._compare()
        self.assertFalse(page.xpath("//script"))
        self.assertIn("6204 <script>", page.text_content())

    def test_facts(self):
        facts = self._compare().xpath("//table[@name='facts']//tr[@class='table-warning']")
        text = " ".join(" ".join(fact.text_content().split()) for fact in facts)
        self.assertIn("Payment Terms", text)
        self.assertIn("30 Days", text)
        self.assertIn("Total", text)

    def test_far_revisions_and_descent(self):
        """Positions are found again over several revisions, also when two have one product."""
        self.new.order_line = [(0, 0, {"product_id": self.bearing.id, "product_uom_qty": 99})]
        last = self.new._revise()
        last.order_line.filtered(lambda line: line.product_uom_qty == 40).product_uom_qty = 41
        page = self._compare(self.old, last)
        changed = self._rows(page, "changed")
        self.assertTrue(any("5.00 41.00" in row for row in changed), changed)
        self.assertIn("99.00", self._rows(page, "added")[0])

    def test_dialog(self):
        with Form.from_action(self.env, self.new.action_compare_revisions()) as form:
            self.assertEqual(form.old_id, self.old)
            self.assertIn("o_offer_comparison", form.comparison)

    def test_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        page = self._compare(lang="fr_FR")
        self.assertIn("5,00", page.text_content())
