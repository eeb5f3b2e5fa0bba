from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import RpcCommon
from .warranty_common import WarrantyCommon


@tagged("post_install", "-at_install")
class TestWarrantyMessage(WarrantyCommon, MailCommon, RpcCommon, HttpCase):
    """The customer hears of each step of his claim, once, and finds it on the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "claims@bergmann.example.com"
        cls.warehouse.partner_id = cls.env["res.partner"].create(
            {"name": "Service Centre", "street": "Dock Road 5", "city": "Riga"}
        )

    def _accept(self, *args, **values):
        claim = super()._accept(*args, **values)
        self.env.cr.flush()
        return claim

    def _get_letters(self, claim):
        """Subjects of what went to the customer, in order."""
        letters = claim.message_ids.filtered(
            lambda message: self.customer in message.notified_partner_ids
        )
        return [letter.subject.split(": ")[1] for letter in letters.sorted("id")]

    def _get_body(self, claim):
        return str(claim.message_ids.sorted("id")[-1].body)

    def test_accepted(self):
        with self.mock_mail_gateway():
            claim = self._accept(4, 3)
        self.assertEqual(self._get_letters(claim), ["accepted"])
        self.assertSentEmail(
            self.env.user.email_formatted, [self.customer], body_content="We have accepted"
        )
        letter = claim.message_ids.filtered("subject")[:1]
        self.assertIn("3.00", letter.body)
        self.assertIn(claim.get_portal_url(), letter.body)
        self.assertIn(letter, claim.website_message_ids)

    def test_rejected(self):
        claim = self._new_claim()
        claim.action_submit()
        claim.reject_reason = "It was dropped"
        claim.action_reject()
        self.assertEqual(self._get_letters(claim), ["rejected"])
        self.assertIn("It was dropped", self._get_letter(claim))

    def _get_letter(self, claim):
        return str(claim.message_ids.filtered("subject").sorted("id")[-1:].body)

    def test_return(self):
        claim = self._accept()
        order = self._return(claim)
        self.assertEqual(self._get_letters(claim), ["accepted"], "an offer asks for nothing")
        order.action_confirm()
        self.assertEqual(self._get_letters(claim), ["accepted", "please return the goods"])
        letter = claim.message_ids.filtered("subject").sorted("id")[-1]
        self.assertIn("Dock Road 5", letter.body)
        self.assertIn("Pump", letter.body)
        self.assertFalse(letter.attachment_ids)
        self.assertIn("report_type=pdf", letter.body)

    def test_replacement(self):
        claim = self._accept()
        order = self._replace(claim)
        order.action_confirm()
        self.assertEqual(self._get_letters(claim), ["accepted"])
        self._move_part(order.picking_ids, 3)
        self.assertEqual(self._get_letters(claim), ["accepted", "replacement sent"])
        self.assertIn("3.00", self._get_letter(claim))
        self._deliver(order)
        self.assertEqual(self._get_letters(claim)[1:], ["replacement sent"] * 2)
        self.assertIn("4.00", self._get_letter(claim))

    def test_closed(self):
        claim = self._accept()
        order = self._replace(claim)
        order.action_confirm()
        self._deliver(order)
        claim.action_settle()
        self.assertEqual(self._get_letters(claim), ["accepted", "replacement sent", "closed"])

    def test_ordinary_documents_send_nothing(self):
        claim = self._accept()
        before = claim.message_ids
        self._deliver(self._new_sale(self.pump, 2))
        self.assertEqual(claim.message_ids, before)

    def test_archived_template_is_not_sent(self):
        self.env.ref("sale_order_kinds.mail_template_claim_accepted").active = False
        self.assertEqual(self._get_letters(self._accept()), [])

    def test_whoever_takes_the_step(self):
        """Logistics, who may only read claims, send the replacement."""
        claim = self._accept()
        order = self._replace(claim)
        order.action_confirm()
        logistics = self._new_user("wm_stock", "stock.group_stock_user")
        picking = order.picking_ids.with_user(logistics)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertIn("replacement sent", self._get_letters(claim))

    def test_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("sale_order_kinds.mail_template_claim_accepted")
        template.with_context(lang="fr_FR").subject = "Réclamation {{ object.name }}: acceptée"
        self.customer.lang = "fr_FR"
        self.assertEqual(self._get_letters(self._accept()), ["acceptée"])

    # -- the return note -------------------------------------------------------------------------

    def _render(self, claim):
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(
            "sale_order_kinds.action_report_warranty_return_note", claim.ids
        )[0]
        return " ".join(html.decode().split())

    def test_return_note(self):
        claim = self._accept(customer_ref="RK-7")
        order = self._return(claim)
        order.action_confirm()
        html = self._render(claim)
        picking = order._get_warranty_returns()
        for text in (claim.name, "RK-7", picking.name, "Dock Road 5", "Pump", "Does not work"):
            self.assertIn(text, html)
        self.assertIn("4.00", html)

    def test_portal(self):
        buyer = self._new_buyer("wm_buyer")
        claim = self._accept()
        self._log_in(buyer)
        url = f"/my/claims/{claim.id}"
        self.assertNotIn("return_note", self.url_open(url).text)
        order = self._return(claim)
        order.action_confirm()
        page = self.url_open(url).text
        self.assertIn("return_note", page)
        self.assertIn("Dock Road 5", page)
        with patch.object(
            self.env.registry["ir.actions.report"],
            "_render_qweb_pdf",
            lambda *_args, **_kwargs: (b"%PDF-1.4 note", "pdf"),
        ):
            note = self.url_open(f"{url}?report_type=pdf&download=true")
        self.assertEqual(note.headers["Content-Type"], "application/pdf")
        order.action_cancel()
        self.assertNotIn("return_note", self.url_open(url).text)

    def test_note_of_another_customer(self):
        claim = self._accept()
        self._return(claim).action_confirm()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._log_in(self._new_buyer("wm_stranger", stranger))
        note = self.url_open(f"/my/claims/{claim.id}?report_type=pdf")
        self.assertNotIn("Dock Road 5", note.text)
        self.assertTrue(note.url.endswith("/my"))
