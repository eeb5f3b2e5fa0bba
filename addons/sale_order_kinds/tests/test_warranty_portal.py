import base64

from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import RpcCommon
from .warranty_common import WarrantyCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestWarrantyPortal(WarrantyCommon, RpcCommon, HttpCase):
    """The customer reports what is defective from his own deliveries, and follows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("wp_seller", "sales_team.group_sale_salesman")
        cls.order.user_id = cls.seller
        cls.buyer = cls._new_buyer("wp_buyer")
        foreigner = cls.env["res.partner"].create({"name": "Foreigner"})
        cls.foreigner = cls._new_buyer("wp_foreign", foreigner)
        cls.motors = cls._deliver(cls._new_sale(cls.numbered, 2), cls.serials[:2]).move_ids

    def _open_form(self):
        return self.url_open("/my/claims/new").text

    def _post(self, files=(), **values):
        """Send the form, and return the claim made of it and the page that answers."""
        page = self._open_form()
        token = page.split('name="csrf_token" value="')[1].split('"')[0] if "csrf" in page else ""
        data = {
            "csrf_token": token,
            "delivered": f"{self.move.id}-0",
            "quantity": "2",
            "reason": str(self.reason.id),
            **values,
        }
        before = self.claims.search([])
        files = [("files", one) for one in files] or [("files", ("", b""))]
        answer = self.url_open("/my/claims/new", data=data, files=files)
        return self.claims.search([]) - before, " ".join(answer.text.split())

    def test_report(self):
        self._log_in(self.buyer)
        claim, page = self._post(
            [("pump.png", PNG), ("report.pdf", b"%PDF-1.4 test")],
            delivered=f"{self.motors.id}-{self.serials[1].id}",
            quantity="1",
            customer_ref="R-7",
            description="It hums",
        )
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "submitted",
                    "partner_id": self.buyer.partner_id.id,
                    "picking_id": self.motors.picking_id.id,
                    "customer_ref": "R-7",
                    "description": "It hums",
                }
            ],
        )
        self.assertRecordValues(
            claim.line_ids,
            [{"lot_id": self.serials[1].id, "quantity": 1, "reason_id": self.reason.id}],
        )
        files = claim.message_ids.attachment_ids
        self.assertEqual(set(files.mapped("name")), {"pump.png", "report.pdf"})
        self.assertIn(f"Your claim is registered as {claim.name}", page)
        self.assertIn("M-2", page)
        self.assertIn(self.buyer.partner_id, claim.message_partner_ids)

    def test_whose_it_is(self):
        self._log_in(self.buyer)
        claim, _page = self._post()
        self.assertEqual(claim.user_id, self.seller)
        self.assertEqual(claim.company_id, self.company)

    def test_follow(self):
        claim = self._accept()
        self._log_in(self.buyer)
        self.assertIn("/my/claims", self.url_open("/my/home").text)
        self.assertIn(claim.name, self.url_open("/my/claims").text)
        page = self.url_open(f"/my/claims/{claim.id}").text
        self.assertIn("Accepted", page)
        self.assertIn("Does not work", page)
        other = self._new_claim()
        other.action_submit()
        other.reject_reason = "Run dry"
        other.action_reject()
        self.assertIn("Run dry", self.url_open(f"/my/claims/{other.id}").text)

    def test_message(self):
        claim = self._accept()
        message = {
            "thread_model": "sale.warranty.claim",
            "thread_id": claim.id,
            "post_data": {"body": "When does it come?", "message_type": "comment"},
        }
        self._log_in(self.buyer)
        self.make_jsonrpc_request("/mail/message/post", message)
        self.assertIn("When does it come?", claim.message_ids[0].body)
        self._log_in(self.foreigner)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.make_jsonrpc_request("/mail/message/post", message)

    def test_counter(self):
        self._accept()
        self._log_in(self.buyer)
        answer = self.make_jsonrpc_request("/my/counters", {"counters": ["warranty_claim_count"]})
        self.assertEqual(answer["warranty_claim_count"], 1)
        self._log_in(self.foreigner)
        answer = self.make_jsonrpc_request("/my/counters", {"counters": ["warranty_claim_count"]})
        self.assertEqual(answer["warranty_claim_count"], 0)

    # -- attacks ---------------------------------------------------------------------------------

    def test_delivery_of_another(self):
        foreign = self._new_sale(self.pump, 1, partner_id=self.foreigner.partner_id.id)
        foreign = self._deliver(foreign).move_ids
        self._log_in(self.buyer)
        self.assertNotIn(f'value="{foreign.id}-0"', self._open_form())
        for choice in (
            f"{foreign.id}-0",
            f"{self.motors.id}-{self.serials[2].id}",
            f"{self.move.id}-{self.serials[0].id}",
            f"{self.move.id}",
            "",
            "1 OR 1=1-0",
            "9" * 40 + "-0",
            "²-0",
        ):
            claim, page = self._post(delivered=choice)
            self.assertFalse(claim, choice)
            self.assertIn("Please choose what is defective from your deliveries", page, choice)

    def test_delivered_back(self):
        """What came back, and what waits to be delivered, cannot be chosen."""
        waiting = self._new_sale(self.pump, 1).picking_ids.move_ids
        back = self._receive(self._return(self._accept())).move_ids
        self._log_in(self.buyer)
        page = self._open_form()
        for move in (waiting, back):
            self.assertNotIn(f'value="{move.id}-0"', page)
            self.assertFalse(self._post(delivered=f"{move.id}-0")[0])

    def test_wrong_words(self):
        self._log_in(self.buyer)
        for values, wanted in (
            ({"quantity": "many"}, "how many are defective"),
            ({"quantity": "-1"}, "how many are defective"),
            ({"quantity": "nan"}, "how many are defective"),
            ({"quantity": "11"}, "only 10 Units"),
            ({"reason": ""}, "choose what is wrong"),
            ({"reason": "999999"}, "choose what is wrong"),
            ({"delivered": f"{self.motors.id}-0", "quantity": "1"}, "lot or serial number"),
        ):
            claim, page = self._post(**values)
            self.assertFalse(claim, values)
            self.assertIn(wanted, page, values)

    def test_wrong_files(self):
        self._log_in(self.buyer)
        for files, wanted in (
            ([("virus.png", b"MZ\x90\x00" * 50)], "is not a photo or a PDF"),
            ([("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")], "is not a photo"),
            ([(f"{number}.png", PNG) for number in range(11)], "at most 10 files"),
            ([("large.png", PNG + b"0" * (10 * 2**20))], "is too large"),
        ):
            claim, page = self._post(files)
            self.assertFalse(claim, files[0][0])
            self.assertIn(wanted, page)

    def test_claim_of_another(self):
        claim = self._accept()
        self._log_in(self.foreigner)
        page = self.url_open(f"/my/claims/{claim.id}")
        self.assertTrue(page.url.rstrip("/").endswith(("/my", "/my/home")))
        self.assertNotIn(claim.name, self.url_open("/my/claims").text)
        token = self._new_claim()._portal_ensure_token()
        page = self.url_open(f"/my/claims/{claim.id}?access_token={token}")
        self.assertNotIn(claim.name, page.text)
        self.assertNotIn(claim.name, self.url_open(f"/my/claims/{claim.id}?access_token=x").text)

    def test_link_with_token(self):
        claim = self._accept()
        token = claim._portal_ensure_token()
        self.authenticate(None, None)
        page = self.url_open(f"/my/claims/{claim.id}?access_token={token}")
        self.assertIn(claim.name, page.text)

    def test_not_logged_in(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/claims/new").url)

    def test_without_token_of_the_session(self):
        self._log_in(self.buyer)
        claim, _page = self._post(csrf_token="x")
        self.assertFalse(claim)
