from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..models import sale_material_request_file
from .common import MailedRequestCommon, RequestCommon


class ReadingCommon(MailedRequestCommon, RequestCommon):
    """Files of more than ten bytes are large here."""

    def setUp(self):
        super().setUp()
        self.patch(sale_material_request_file, "READ_AT_ONCE", 10)
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda cron, *_a, **_k: 60)
        self.read = []

    def _read(self, content):
        self.read.append(content)
        if content.endswith(b"torn"):
            raise UserError("The file is torn")
        return {
            "partner_ref": content.decode()[-3:],
            "note": "of the file",
            "line_ids": [(0, 0, {"name": f"Material {content.decode()}", "quantity": 1})],
        }, []

    def _run_cron(self):
        self.requests._cron_read_files()


@tagged("post_install", "-at_install")
class TestReading(ReadingCommon):
    """Large files are kept and registered at once, and read afterwards."""

    def _assert_waits(self, requests):
        self.assertFalse(self.read)
        self.assertEqual(set(requests.mapped("reading_state")), {"waiting"})
        self.assertFalse(requests.line_ids)
        self.assertFalse(requests.activity_ids)
        self.assertRegex(requests[0].name, r"^MR\d{5,}$")

    def _assert_read(self, requests, numbers):
        self.assertEqual(set(requests.mapped("reading_state")), {"done"})
        self.assertEqual(requests.mapped("partner_ref"), numbers)
        self.assertEqual([len(request.line_ids) for request in requests], [1] * len(requests))

    def _count_triggers(self):
        cron = self.env.ref("sale_rfq_register.ir_cron_read_files")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_mail(self):
        before = self._count_triggers()
        requests = self._receive(("a.rfq", b"the first 017"), ("b.rfq", b"and 018"))
        self._assert_waits(requests)
        self.assertGreater(self._count_triggers(), before)
        self._run_cron()
        self._assert_read(requests, ["017", "018"])
        self.assertIn("Please quote", requests[0].note)
        self.assertIn("of the file", requests[1].note)

    def test_import(self):
        requests = self.requests._create_from_files(
            [("a.rfq", b"the first 017"), ("b.pdf", b"%PDF, far too long"), ("c.rfq", b"018")],
            {"partner_id": self.partner.id},
        )
        self._assert_waits(requests[0] | requests[2])
        self.assertIn("of no kind that can be read", requests[1].activity_ids.note)
        self._run_cron()
        self._assert_read(requests[0] | requests[2], ["017", "018"])

    def test_portal(self):
        values = {
            "channel": "portal",
            "partner_id": self.partner.id,
            "note": "Please hurry",
            "line_ids": [(0, 0, {"name": "Seal", "quantity": 2})],
        }
        files = [("a.pdf", b"%PDF"), ("a.rfq", b"the first 017"), ("b.rfq", b"the next 018")]
        requests = self.requests._register_portal_request(values, files, self.partner)
        self.assertEqual(requests.mapped("reading_state"), ["waiting", "waiting"])
        self.assertEqual(
            requests[0]._get_customer_files().mapped("name"), ["a.pdf", "a.rfq", "b.rfq"]
        )
        self._run_cron()
        self.assertEqual(requests[0].line_ids.mapped("name"), ["Seal", "Material the first 017"])
        self.assertEqual(requests[0].note, "Please hurry")
        self.assertEqual(requests[1].partner_ref, "018")
        self.assertEqual(requests[1].partner_id, self.partner)

    def test_small_files_are_read_at_once(self):
        request = self._receive(("a.rfq", b"no. 017"))
        self.assertFalse(request.reading_state)
        self.assertEqual(request.partner_ref, "017")

    def test_what_no_reader_takes_is_refused_at_once(self):
        self.patch(sale_material_request_file, "LARGEST", 20)
        request = self._receive(("a.rfq", b"x" * 30 + b"torn"))
        self.assertFalse(request.reading_state)
        self.assertIn("The file is torn", request.activity_ids.note)

    def test_bad_file(self):
        seller = self._new_user("reading_seller", "sales_team.group_sale_salesman")
        request = self.requests._create_from_files(
            [("a.rfq", b"it is all torn")], {"user_id": seller.id}
        )
        self._run_cron()
        self.assertEqual(request.reading_state, "failed")
        self.assertRecordValues(request.activity_ids, [{"user_id": seller.id}])
        self.assertIn("The file is torn", request.activity_ids.note)

    def test_each_file_is_read_once(self):
        request = self._receive(("a.rfq", b"the first 017"))
        self._run_cron()
        self._run_cron()
        request.action_read_file()
        self.assertEqual(len(self.read), 1)
        self.assertEqual(len(request.line_ids), 1)

    def test_what_a_person_typed_meanwhile_stays(self):
        request = self._receive(("a.rfq", b"the first 017"))
        request.write({"partner_ref": "mine", "line_ids": [(0, 0, {"name": "Typed"})]})
        self._run_cron()
        self.assertEqual(request.partner_ref, "mine")
        self.assertEqual(request.line_ids.mapped("name"), ["Typed", "Material the first 017"])

    def test_worked_on_when_it_is_read(self):
        request = self._receive(("a.rfq", b"the first 017"))
        with self.assertRaisesRegex(UserError, f"{request.name} is still being read"):
            request.action_check()
        seller = self._new_user("reading_all", "sales_team.group_sale_salesman_all_leads")
        request.with_user(seller).action_read_file()
        self._assert_read(request, ["017"])
        request.action_check()
        self.assertEqual(request.state, "checked")

    def test_archived_meanwhile(self):
        request = self._receive(("a.rfq", b"the first 017"))
        request.active = False
        self._run_cron()
        self._assert_read(request, ["017"])

    def test_what_stops_the_worker_each_time_is_given_up(self):
        request = self._receive(("a.rfq", b"the first 017"))
        with patch.object(type(request), "_try_to_read", lambda request: None):
            for tries in (1, 2, 3):
                self._run_cron()
                self.assertEqual(request.reading_tries, tries)
        self._run_cron()
        self.assertEqual(request.reading_state, "failed")
        self.assertIn("was stopped 3 times", request.activity_ids.note)
        self.assertFalse(self.read)
        request.action_read_file()
        self._assert_read(request, ["017"])

    def test_new_ones_come_before_what_stopped(self):
        stopped = self._receive(("a.rfq", b"the first 017"))
        stopped.reading_tries = 1
        self._receive(("b.rfq", b"the next 018"), message_id="<next@kowalski.example.com>")
        self._run_cron()
        self.assertEqual(self.read, [b"the next 018", b"the first 017"])


@tagged("post_install", "-at_install")
class TestReadingPortal(ReadingCommon, HttpCase):
    def test_the_customer_sees_that_his_file_is_being_read(self):
        buyer = self._new_user("reading_buyer", "base.group_portal", password="reading_buyer")
        buyer.partner_id.parent_id = self.partner
        self.authenticate("reading_buyer", "reading_buyer")
        page = self.url_open("/my/requests/new").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        page = self.url_open(
            "/my/requests/new",
            data={"csrf_token": token},
            files=[("files", ("a.rfq", b"the first 017")), ("files", ("b.rfq", b"and 018"))],
        ).text
        requests = self.requests.search([("partner_id", "=", buyer.partner_id.id)])
        self.assertEqual(requests.mapped("reading_state"), ["waiting", "waiting"])
        self.assertIn('name="being_read"', page)
        self.assertIn("being read", self.url_open("/my/requests").text)
        self._run_cron()
        page = self.url_open(f"/my/requests/{requests[0].id}").text
        self.assertNotIn('name="being_read"', page)
        self.assertIn("Material", page)
