import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sale.models.sale_order import SaleOrder as CoreOrder

from .common import ApprovalCommon, RpcCommon

DOCUMENT = "sale.report_saleorder"
MARK = "this is no offer"


class DocumentCommon(ApprovalCommon):
    """Documents as a user gets them."""

    def _print(self, orders, user, report=DOCUMENT):
        reports = self.env["ir.actions.report"].with_user(user)
        return reports._render_qweb_html(report, orders.ids)[0].decode()

    def _assert_refused(self, orders, user, words="needs an approval", **kwargs):
        with self.assertRaisesRegex(UserError, words):
            self._print(orders, user, **kwargs)


@tagged("post_install", "-at_install")
class TestDocument(DocumentCommon):
    """A document of an offer is made once the offer may leave the house."""

    def test_every_kind_of_document_is_refused(self):
        self._assert_refused(self.offer, self.seller)
        self._assert_refused(self.offer, self.seller, report="sale.report_saleorder_pro_forma")
        reports = self.env["ir.actions.report"].with_user(self.seller)
        for render in ("_render_qweb_text", "_render_qweb_pdf_prepare_streams"):
            with (
                self.subTest(render=render),
                self.assertRaisesRegex(UserError, "needs an approval"),
            ):
                values = {"docids": self.offer.ids}
                if render != "_render_qweb_text":
                    values = {"res_ids": self.offer.ids, "data": {}}
                getattr(reports, render)(DOCUMENT, **values)

    def test_one_of_many_is_named(self):
        plain = self._new_discounted_offer(0)
        self.assertIn(plain.name, self._print(plain, self.seller))
        self._assert_refused(plain + self.offer, self.seller, f"{self.offer.name} needs")

    def test_report_of_a_partner(self):
        report = self.env["ir.actions.report"].create(
            {
                "name": "Summary",
                "model": "sale.order",
                "report_type": "qweb-html",
                "report_name": "sale.report_saleorder_raw",
            }
        )
        self._assert_refused(self.offer, self.seller, report=report.report_name)

    def test_approved_document_is_as_ever(self):
        self._approve()
        page = self._print(self.offer, self.seller)
        self.assertIn(self.offer.name, page)
        self.assertNotIn(MARK, page)
        self.offer.with_user(self.seller).action_confirm()
        self.assertNotIn(MARK, self._print(self.offer, self.seller))

    def test_changed_cancelled_and_rejected(self):
        self._approve()
        self.offer.order_line[0].discount = 30
        self._commit(self.offer)
        self._assert_refused(self.offer, self.seller, "was changed since")
        self.offer._action_cancel()
        self._assert_refused(self.offer, self.seller, "was changed since")
        other = self._new_discounted_offer(20)
        other.with_user(self.seller).request_validation()
        self._assert_refused(other, self.seller, "waits for its approval")
        self._reject(other, self.head, "No.")
        self._commit(other)
        self._assert_refused(other, self.seller, "was rejected")

    def test_what_was_sent_is_printed_again(self):
        """A tier that is made later does not close what the customer has."""
        self.env["tier.definition"].search([("model", "=", "sale.order")]).active = False
        self.offer.with_user(self.seller).action_quotation_sent()
        self._new_tier("Later", self.head)
        self._commit(self.offer)
        self.assertNotIn(MARK, self._print(self.offer, self.seller))
        self.offer.order_line[0].discount = 25
        self._commit(self.offer)
        self._assert_refused(self.offer, self.seller)

    def test_who_decides_reads_it_marked(self):
        for reviewer in (self.head, self.manager):
            self.assertIn(MARK, self._print(self.offer, reviewer))
        self.offer.with_user(self.seller).request_validation()
        self.assertIn(MARK, self._print(self.offer, self.head))

    def test_four_eyes(self):
        self.tier_manager.active = False
        self.offer.user_id = self.head
        self._assert_refused(self.offer, self.head)

    def test_administrator_is_nobody_special(self):
        admin = self.env.ref("base.user_admin")
        self._assert_refused(self.offer, admin)
        self._assert_refused(self.offer.sudo(), self.env.ref("base.user_root"))

    def test_expired_or_replaced_is_printed(self):
        plain = self._new_discounted_offer(0, validity_date="2020-01-01")
        self.assertIn(plain.name, self._print(plain, self.seller))
        newer = self._new_discounted_offer(0)
        newer.action_quotation_sent()
        newer._revise()
        self.assertIn(newer.name, self._print(newer, self.seller))

    def test_answer_to_a_payment_says_what_it_is(self):
        """Money that came in is answered; what goes along is marked."""
        reports = self.env["ir.actions.report"].sudo().with_context(sale_payment_notice=True)
        page = reports._render_qweb_html(DOCUMENT, self.offer.ids)[0].decode()
        self.assertIn(MARK, page)
        with self.assertRaises(UserError):
            reports.with_user(self.seller)._render_qweb_html(DOCUMENT, self.offer.ids)

    def test_file_for_the_customers_software(self):
        with patch.object(CoreOrder, "_get_edi_builders", lambda orders: ["builder"]):
            self.assertEqual(self.offer._get_edi_builders(), [])
            self._approve()
            self.assertIn("builder", self.offer._get_edi_builders())


@tagged("post_install", "-at_install")
class TestDocumentPages(DocumentCommon, RpcCommon, HttpCase):
    """The same over the ways of a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer._portal_ensure_token()
        cls.link = cls.offer.get_portal_url()

    def _open(self, url):
        with mute_logger("odoo.http"):
            return self.url_open(url, allow_redirects=False)

    def _download(self, converter):
        url = f"/report/{converter}/{DOCUMENT}/{self.offer.id}"
        with mute_logger("odoo.http", "odoo.addons.web.controllers.report"):
            return self.url_open(
                "/report/download",
                data={
                    "data": json.dumps([url, f"qweb-{converter}"]),
                    "csrf_token": Request.csrf_token(self),
                },
            )

    def test_report_routes(self):
        self.authenticate("ap_seller", "ap_seller")
        for converter in ("pdf", "html", "text"):
            page = self._open(f"/report/{converter}/{DOCUMENT}/{self.offer.id}")
            self.assertNotEqual(page.status_code, 200, converter)
            self.assertNotIn("BRG-6204", page.text)
        for converter in ("pdf", "text"):
            answer = self._download(converter)
            self.assertNotIn(b"%PDF", answer.content[:10])
            self.assertIn("needs an approval", answer.text)
        self._approve()
        page = self._open(f"/report/html/{DOCUMENT}/{self.offer.id}")
        self.assertIn("BRG-6204", page.text)

    def test_preview_says_that_it_is_closed(self):
        self.authenticate("ap_seller", "ap_seller")
        page = self._open(f"/my/orders/{self.offer.id}").text
        self.assertIn("The customer cannot open this page.", page)
        self.assertIn(f"{self.offer.name} needs an approval", page)
        self.assertNotIn("print_invoice_report", page)
        document = self._open(f"/my/orders/{self.offer.id}?report_type=pdf")
        self.assertNotEqual(document.status_code, 200)
        self._approve()
        page = self._open(f"/my/orders/{self.offer.id}").text
        self.assertNotIn("The customer cannot open this page.", page)
        self.assertIn("print_invoice_report", page)

    def test_link_of_the_customer(self):
        page = self._open(self.link)
        self.assertIn("This offer is in preparation", page.text)
        self.assertNotIn("BRG-6204", page.text)
        self.assertNotIn(b"%PDF", self._open(f"{self.link}&report_type=pdf").content[:10])
        self._approve()
        self.assertIn("BRG-6204", self._open(self.link).text)
        self.offer.with_user(self.seller).action_quotation_sent()
        self.offer.order_line[0].discount = 30
        self._commit(self.offer)
        self.assertIn("This offer is in preparation", self._open(self.link).text)

    def test_stranger_learns_nothing(self):
        for token in ("", "wrong"):
            page = self._open(f"/my/orders/{self.offer.id}?access_token={token}")
            self.assertEqual(page.status_code, 303)
            self.assertNotIn("in preparation", page.text)
