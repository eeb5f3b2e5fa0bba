from odoo.tests import HttpCase, tagged

from odoo.addons.sale_rfq_register.tests.common import MailedRequestCommon

from .common import RequestPolicyCommon


@tagged("post_install", "-at_install")
class TestRequestWays(RequestPolicyCommon, MailedRequestCommon):
    """However a request arrives, the policy of its customer holds."""

    def _read(self, content):
        """A made-up file names the day until which its customer wants the answer."""
        return {"date_due": content.decode() or False, "line_ids": [(0, 0, {"name": "Pump"})]}, []

    def _receive(self, *files, sender="Buyer <buyer@key.example.com>"):
        return super()._receive(*files, sender=sender)

    def test_mail(self):
        request = self._receive()
        self.assertEqual(request.partner_id, self.key)
        self._assert_by_policy(request)

    def test_mail_with_files(self):
        requests = self._receive(("a.rfq", b""), ("b.rfq", b""))
        self.assertEqual(len(requests), 2)
        self._assert_by_policy(requests)

    def test_mail_with_a_file_that_names_the_day(self):
        request = self._receive(("a.rfq", b"2031-05-02"))
        self.assertEqual(str(request.date_due), "2031-05-02")
        self.assertEqual(request.priority, "1")

    def test_mail_of_somebody_unknown_who_becomes_a_customer(self):
        request = self._receive(sender="New <new@new.example.com>")
        self.assertRecordValues(request, [{"priority": "0", "date_due": False}])
        self.policy.abc_class = False
        request.action_create_customer()
        self._assert_by_policy(request)

    def test_customer_by_the_lead(self):
        request = self._receive(sender="New <new@new.example.com>")
        request.action_make_lead()
        request.opportunity_id.partner_id = self.key
        self._assert_by_policy(request)

    def test_files(self):
        customer = {"partner_id": self.key.id}
        files = [("a.rfq", b""), ("b.rfq", b"2031-05-02"), ("c.txt", b"")]
        without, named, unread = self.requests._create_from_files(files, customer)
        self._assert_by_policy(without | unread)
        self.assertEqual(str(named.date_due), "2031-05-02")

    def test_import(self):
        """Empty cells are what nobody entered."""
        rows = [[str(self.key.id), "", ""], [str(self.key.id), "Normal", "2031-05-02"]]
        result = self.requests.load(["partner_id/.id", "priority", "date_due"], rows)
        empty, filled = self.requests.browse(result["ids"])
        self._assert_by_policy(empty)
        self.assertRecordValues(filled, [{"priority": "0", "date_due": filled.date_due}])
        self.assertEqual(str(filled.date_due), "2031-05-02")


@tagged("post_install", "-at_install")
class TestPortal(RequestPolicyCommon, HttpCase):
    def test_portal(self):
        """A visitor, who may read no policies, meets no obstacle."""
        buyer = self._new_user("abc_buyer", "base.group_portal", password="abc_buyer")
        buyer.partner_id.parent_id = self.key
        self.authenticate("abc_buyer", "abc_buyer")
        page = self.url_open("/my/requests/new").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        before = self.env["sale.material.request"].search([])
        page = self.url_open(
            "/my/requests/new", data={"csrf_token": token, "note": "A pump, please"}
        ).text
        request = self.env["sale.material.request"].search([]) - before
        self.assertEqual(request.channel, "portal")
        self._assert_by_policy(request)
        self.assertIn(request.name, page)
        self.assertNotIn(self.policy.name, page)
