from email.message import EmailMessage

from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCommon

from .test_spreadsheet_import import SpreadsheetCommon

WANTED = b"Item;Article;Qty\nDeep groove bearing;BRG-6204;10\nShaft seal 35x52x7;SEA-35;4\n"


class RegisterTourCommon(SpreadsheetCommon, HttpCase):
    """The register in the browser, as a salesperson sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user(
            "tour_seller",
            "sales_team.group_sale_salesman,base.group_partner_manager",
            password="tour_seller",
        )

    def _play(self, name):
        """Play a tour on the register, and return the one request that it left or worked on."""
        before = self.requests.search([])
        action = self.env.ref("sale_rfq_register.sale_material_request_action")
        self.start_tour(
            f"/odoo/action-{action.id}", f"sale_rfq_register_{name}", login=self.seller.login
        )
        self.env.invalidate_all()
        return self.requests.search([]) - before


@tagged("post_install", "-at_install")
class TestRegisterTours(RegisterTourCommon):
    def test_by_hand(self):
        """Typed, checked, the suggestion taken."""
        self.partner.name = "Bergmann Pumpenbau"
        request = self._play("by_hand")
        self.assertRecordValues(
            request,
            [
                {
                    "channel": "manual",
                    "state": "checked",
                    "partner_id": self.partner.id,
                    "user_id": self.seller.id,
                }
            ],
        )
        self.assertRecordValues(
            request.line_ids,
            [
                {"product_id": self.seal.id, "quantity": 4, "verdict": "sellable"},
                {"product_id": self.motor.id, "quantity": 2, "verdict": "sellable"},
            ],
        )

    def test_from_spreadsheet(self):
        """One column is put right, one row is registered with its problem."""
        content = self._xlsx(
            ["Item", "Wieviel", "Unit"],
            ["Deep groove bearing 6204", 10, "pcs"],
            ["Gear motor 0.55 kW", "some", "pcs"],
            ["Shaft seal 35x52x7", 4, "pcs"],
        )
        self.env["ir.attachment"].create(
            {
                "name": "wanted.xlsx",
                "raw": content,
                "type": "binary",
                "url": "/sale_rfq_register_tour/wanted.xlsx",
                "public": True,
            }
        )
        request = self._play("from_spreadsheet")
        self.assertEqual(request.channel, "file")
        self.assertEqual(request.problem_line_count, 1)
        self.assertEqual(
            request.line_ids.mapped("name"),
            ["Deep groove bearing 6204", "Gear motor 0.55 kW", "Shaft seal 35x52x7"],
        )
        self.assertEqual(request.line_ids.mapped("quantity"), [10, 0, 4])


@tagged("post_install", "-at_install")
class TestRegisterByMail(RegisterTourCommon, MailCommon):
    def _receive(self):
        company = self.env.company
        company.alias_domain_id = self.mail_alias_domain
        company.material_request_alias_name = "requests"
        mail = EmailMessage()
        mail["From"] = "Marek Kowalski <marek@kowalski.example.com>"
        mail["To"] = f"requests@{self.mail_alias_domain.name}"
        mail["Subject"] = "We need bearings"
        mail["Message-Id"] = "<tour@kowalski.example.com>"
        mail.set_content("Please quote what is in the file.")
        mail.add_attachment(WANTED, maintype="text", subtype="csv", filename="wanted.csv")
        before = self.requests.search([])
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, mail.as_bytes())
        return self.requests.search([]) - before

    def test_by_mail(self):
        """The unknown sender becomes a lead, then a customer; the lines come from his file."""
        request = self._receive()
        self.assertFalse(self._play("by_mail"))
        self.assertRecordValues(request, [{"channel": "email", "state": "checked"}])
        self.assertEqual(request.line_ids.product_id, self.bearing + self.seal)
        self.assertEqual(request.partner_id.email, "marek@kowalski.example.com")
        self.assertEqual(request.opportunity_id.partner_id, request.partner_id)
