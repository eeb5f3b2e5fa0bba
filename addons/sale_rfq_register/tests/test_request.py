from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequest(RequestCommon):
    def test_number_is_given_on_arrival_and_kept(self):
        request = self._new_request({"name": "Bearing"}, name="MINE")
        self.assertRegex(request.name, r"^MR\d{5,}$")
        with self.assertRaisesRegex(UserError, f"{request.name} keeps the number"):
            request.name = "OTHER"

    def test_each_company_numbers_by_itself(self):
        company = self.env["res.company"].create({"name": "Second"})
        first = self.env["sale.material.request"].create(
            [{"company_id": company.id, "sender_name": name} for name in ("A", "B")]
        )
        self.assertEqual(first.mapped("name"), ["MR00001", "MR00002"])

    def test_company_without_numbering_is_told(self):
        self.env["ir.sequence"].search([("code", "=", "sale.material.request")]).unlink()
        with self.assertRaisesRegex(UserError, "no numbering for material requests"):
            self._new_request()

    def test_received_request_is_never_deleted(self):
        request = self._new_request({"name": "Bearing"})
        with self.assertRaisesRegex(UserError, f"{request.name} was received"):
            request.unlink()
        request.action_archive()
        self.assertFalse(request.active)

    def test_received_line_is_never_deleted(self):
        typed = self._new_request({"name": "Bearing"}, {"name": "Seal"})
        typed.line_ids[0].unlink()
        self.assertEqual(typed.line_ids.mapped("name"), ["Seal"])
        mailed = self._new_request({"name": "Bearing"}, channel="email")
        with self.assertRaisesRegex(UserError, "was received and stays"):
            mailed.line_ids.unlink()
        typed.action_check()
        with self.assertRaisesRegex(UserError, "was received and stays"):
            typed.line_ids.unlink()

    def _assert_refused_by_database(self, constraint, *lines, **values):
        with (
            self.assertRaisesRegex(CheckViolation, constraint),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._new_request(*lines, **values)
            self.env.flush_all()

    def test_line_says_something(self):
        self._assert_refused_by_database("something_asked", {"quantity": 3})

    def test_negative_quantity_is_refused(self):
        self._assert_refused_by_database("quantity_positive", {"name": "A", "quantity": -1})

    def test_delivery_period_runs_forward(self):
        self._assert_refused_by_database(
            "delivery_period", delivery_date_from="2026-05-02", delivery_date_to="2026-05-01"
        )

    def test_states_follow_one_another(self):
        request = self._new_request({"name": "Bearing"})
        with self.assertRaisesRegex(UserError, "is New and cannot become Won"):
            request.state = "won"
        with self.assertRaisesRegex(UserError, "is New and cannot become Offered"):
            request.write({"state": "offered"})
        self.assertEqual(request.state, "new")

    def test_closing_needs_a_reason(self):
        request = self._new_request({"name": "Bearing"})
        with self.assertRaisesRegex(ValidationError, "without a reason"):
            request.state = "lost"
            self.env.flush_all()

    def test_close_and_take_up_again(self):
        request = self._new_request({"name": "Bearing"})
        action = request.with_context(close_as="no_bid").action_close()
        wizard = Form(self.env["material.request.close"].with_context(action["context"]))
        self.assertEqual(wizard.state, "no_bid")
        wizard.reason_id = self.reason
        wizard.note = "Not made any more"
        wizard.save().action_close()
        self.assertRecordValues(
            request,
            [
                {
                    "state": "no_bid",
                    "close_reason_id": self.reason.id,
                    "close_note": "Not made any more",
                }
            ],
        )
        with self.assertRaisesRegex(UserError, r"is closed \(No Bid\)"):
            request.action_check()
        request.action_reset()
        self.assertRecordValues(request, [{"state": "checked", "close_reason_id": False}])

    def test_check_needs_lines(self):
        with self.assertRaisesRegex(UserError, "has no lines"):
            self._new_request().action_check()

    def test_copy_is_a_new_typed_request(self):
        request = self._new_request({"product_id": self.bearing.id}, channel="email")
        request.action_check()
        copy = request.copy()
        self.assertNotEqual(copy.name, request.name)
        self.assertRecordValues(copy, [{"state": "new", "channel": "manual"}])
        self.assertRecordValues(copy.line_ids, [{"product_id": self.bearing.id, "verdict": False}])

    def test_unknown_sender_becomes_a_customer(self):
        request = self._new_request(
            {"name": "Bearing"},
            partner_id=False,
            sender_name="Kowalski Maszyny",
            sender_contact="Marek Kowalski",
            sender_email="biuro@kowalski.example.com",
        )
        request.action_create_customer()
        self.assertRecordValues(
            request.partner_id,
            [
                {
                    "name": "Kowalski Maszyny",
                    "email": "biuro@kowalski.example.com",
                    "is_company": True,
                }
            ],
        )
        self.assertEqual(request.partner_id.child_ids.name, "Marek Kowalski")
        again = request.partner_id
        request.action_create_customer()
        self.assertEqual(request.partner_id, again)

    def test_list_names_the_customer_or_the_sender(self):
        request = self._new_request({"name": "Bearing"}, partner_id=False, sender_name="Kowalski")
        self.assertEqual(request.requester_name, "Kowalski")
        request.partner_id = self.partner
        self.assertEqual(request.requester_name, self.partner.complete_name)
        self.partner.name = "Renamed Customer"
        self.assertEqual(request.requester_name, self.partner.complete_name)
        self.assertIn("Renamed Customer", request.requester_name)

    def test_nameless_sender_is_told(self):
        with self.assertRaisesRegex(UserError, "says nothing about its sender"):
            self._new_request(partner_id=False).action_create_customer()

    def test_customer_counts_requests_of_its_contacts(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.partner.id})
        self._new_request({"name": "A"})
        self._new_request({"name": "B"}, partner_id=contact.id)
        self.assertEqual(contact.material_request_count, 1)
        self.assertEqual(self.partner.material_request_count, 2)
        found = self.env["sale.material.request"].search(
            self.partner.action_view_material_requests()["domain"]
        )
        self.assertEqual(len(found), 2)
