import re
from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..formatting import format_number, format_quantity
from .schedule_common import ScheduleCommon
from .warranty_common import WarrantyCommon

RAW_DATE = re.compile(r"\d{4}-\d\d-\d\d")
LONG_REST = re.compile(r"\d[.,]\d{5,}")  # longer than a year


class ReaderCommon:
    """A person who reads Russian and one who reads English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["ir.module.module"]._load_module_terms(["sale_order_kinds"], ["ru_RU"])

    def _read(self, refusal, record, method, *args):
        """What a refusal says in each language."""
        said = {}
        for lang in ("en_US", "ru_RU"):
            with self.assertRaises(refusal) as caught, self.cr.savepoint():
                getattr(record.with_context(lang=lang), method)(*args)
            said[lang] = str(caught.exception).replace("\N{NO-BREAK SPACE}", " ")
            self.assertNotRegex(said[lang], RAW_DATE)
            self.assertNotRegex(said[lang], LONG_REST)
        return said["en_US"], said["ru_RU"]


@tagged("post_install", "-at_install")
class TestFormatting(ReaderCommon, WarrantyCommon):
    def test_numbers(self):
        english, russian = self.env(context={}), self.env(context={"lang": "ru_RU"})
        for quantity, in_english, in_russian in (
            (4.0, "4", "4"),
            (100.5, "100.5", "100,5"),
            (0.040000000000000036, "0.04", "0,04"),
            (12.25, "12.25", "12,25"),
            (1234.0, "1,234", "1\N{NO-BREAK SPACE}234"),
            (-0.0001, "0", "0"),
        ):
            with self.subTest(quantity=quantity):
                self.assertEqual(format_quantity(english, quantity), in_english)
                shown = format_quantity(russian, quantity).replace(
                    "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
                )
                self.assertEqual(shown, in_russian)
        self.assertEqual(format_number(russian, 2.5, 2), "2,5")

    def test_claim_that_is_not_settled(self):
        claim = self._accept(3.5)
        english, russian = self._read(UserError, claim, "action_settle")
        self.assertIn(" 3.5 Units", english)
        self.assertIn("3,5", russian)

    def test_more_than_delivered(self):
        line = self._new_claim(1).line_ids
        english, russian = self._read(ValidationError, line, "write", {"quantity": 10.5})
        self.assertIn("only 10 Units", english)
        self.assertNotIn("10.0", russian)

    def test_verdict(self):
        with freeze_time("2031-10-31 12:00:00"):
            claim = self._new_claim(1)
            claim.action_submit()
        english, russian = self._read(UserError, claim.line_ids, "write", {"accepted_qty": 1})
        self.assertIn("10/31/2031", english)
        self.assertIn("31.10.2031", russian)


@tagged("post_install", "-at_install")
class TestContractFormatting(ReaderCommon, ScheduleCommon):
    def test_ship_date_outside_of_the_contract(self):
        order = self._new_release(1)
        late = {"commitment_date": "2099-10-31 12:00:00"}
        english, russian = self._read(ValidationError, order, "write", late)
        self.assertIn("10/31/2099", english)
        self.assertIn("31.10.2099", russian)

    def test_more_than_committed(self):
        line = self._new_release(1).order_line
        english, russian = self._read(ValidationError, line, "write", {"product_uom_qty": 100.5})
        self.assertIn("100.5 would be released", english)
        self.assertIn("100,5", russian)

    def test_price_of_the_contract(self):
        line = self._new_release(1).order_line
        english, russian = self._read(ValidationError, line, "write", {"price_unit": 1.0})
        self.assertIn("5 %", english)
        self.assertIn("8,00", russian)

    @freeze_time("2026-10-01 12:00:00")
    def test_less_than_ordered(self):
        self.contract._set({"state": "closed"})
        contract = self._new_contract(
            {"product_id": self.bearing.id, "quantity": 100},
            date_start=date(2026, 1, 1),
            date_end=date(2027, 1, 1),
        )
        contract.action_put_in_force()
        line = {"product_id": self.bearing.id, "date_due": date(2026, 10, 31)}
        values = {"contract_id": contract.id, "line_ids": [(0, 0, {**line, "quantity": 2.5})]}
        first = self.schedules.create(values)
        first.action_release()
        first.line_ids._create_orders()
        values["line_ids"] = [(0, 0, {**line, "quantity": 1})]
        newer = self.schedules.create(values)
        english, russian = self._read(UserError, newer, "action_release")
        self.assertIn("2.5 Units", english)
        self.assertIn("10/31/2026", english)
        self.assertIn("2,5", russian)
        self.assertIn("31.10.2026", russian)
