from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestMerge(RequestCommon):
    def _same(self, *lines, **values):
        return self._new_request(*lines, **{"partner_ref": "17", **values})

    def test_same_number_of_the_same_customer(self):
        one, other = self._same(), self._same()
        self.assertEqual(one.duplicate_ids, other)
        self.assertEqual(other.duplicate_ids, one)

    def test_contact_of_the_customer(self):
        buyer = self.env["res.partner"].create({"name": "B", "parent_id": self.partner.id})
        one, other = self._same(), self._same(partner_id=buyer.id)
        self.assertEqual(one.duplicate_ids, other)

    def test_unknown_sender_by_address(self):
        one = self._same(partner_id=False, sender_email="a@example.com")
        other = self._same(partner_id=False, sender_email="a@example.com")
        self._same(partner_id=False, sender_email="b@example.com")
        self._same(partner_id=False)
        self.assertEqual(one.duplicate_ids, other)

    def test_what_is_not_the_same(self):
        one = self._same()
        self._same(partner_ref="18")
        self._same(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        company = self.env["res.company"].create({"name": "Other company"})
        self._same(company_id=company.id)
        self._same().action_archive()
        self._new_request(partner_ref=False)
        self.assertFalse(one.duplicate_ids)

    def test_same_file(self):
        one = self.env["sale.material.request"]._create_from_files([("a.bin", b"same")])
        other = self.env["sale.material.request"]._create_from_files([("b.bin", b"same")])
        self.env["sale.material.request"]._create_from_files([("c.bin", b"different")])
        self.assertEqual(one.duplicate_ids, other)

    def test_merge(self):
        first = self._same(
            {"name": "Bearing", "quantity": 2}, date_received="2026-03-01", sender_name="X"
        )
        second = self._same(
            {"name": "bearing ", "quantity": 2},
            {"name": "Seal", "quantity": 5},
            date_received="2026-03-02",
            contract_ref="C-1",
            sender_name="Y",
        )
        action = second.action_merge_duplicates()
        self.assertEqual(action["res_id"], first.id)
        self.assertEqual(first.line_ids.mapped("name"), ["Bearing", "Seal"])
        self.assertRecordValues(
            first, [{"contract_ref": "C-1", "sender_name": "X", "merged_into_id": False}]
        )
        self.assertRecordValues(second, [{"active": False, "merged_into_id": first.id}])
        self.assertEqual(len(second.line_ids), 2)
        self.assertIn(second.name, first.message_ids[0].body)

    def test_a_merged_request_rests(self):
        kept, merged = self._same({"name": "Bearing"}), self._same({"name": "Seal"})
        (kept | merged).action_merge()
        self.assertEqual(kept.line_ids.sorted("sequence").mapped("name"), ["Bearing", "Seal"])
        for work in (merged.action_check, merged._create_offers):
            with self.assertRaises(UserError) as refusal:
                work()
            self.assertIn(f"was merged into {kept.name}", str(refusal.exception))

    def test_files_number_and_tasks_are_found_with_the_kept_one(self):
        kept = self._new_request({"name": "Bearing"}, date_received="2026-03-01")
        merged = self._new_request(
            {"name": "Seal"}, partner_ref="Z-7", partner_id=kept.partner_id.id
        )
        kept.partner_ref = "Z-6"
        file = self.env["ir.attachment"].create({"name": "drawing.pdf", "raw": b"%PDF-1"})
        merged.message_post(body="Ours", attachment_ids=file.ids, author_id=merged.partner_id.id)
        task = merged.activity_schedule("mail.mail_activity_data_todo", summary="Call")
        (kept | merged).action_merge()
        self.assertEqual(kept._get_customer_files().mapped("name"), ["drawing.pdf"])
        self.assertEqual(merged._get_customer_files(), file)
        self.assertEqual(kept.activity_ids, task)
        self.assertIn("number is Z-7", "".join(kept.message_ids.mapped("body")))

    def test_offers_come_along(self):
        order = self._new_offer()
        late = order.request_ids
        late.date_received = "2026-03-02"
        early = self._new_request({"name": "Seal"}, date_received="2026-03-01")
        (late | early).action_merge()
        self.assertEqual(early.order_ids, order)

    def test_one_file_of_two_customers(self):
        content = [("form.csv", b"Item;Qty\nBearing;1\n")]
        mine, theirs, unknown = (
            self.env["sale.material.request"]._create_from_files(content, {"partner_id": customer})
            for customer in (
                self.partner.id,
                self.env["res.partner"].create({"name": "Other"}).id,
                False,
            )
        )
        self.assertEqual(mine.duplicate_ids, unknown)
        self.assertEqual(theirs.duplicate_ids, unknown)

    def test_merge_refusals(self):
        one = self._same()
        with self.assertRaisesRegex(UserError, "at least two"):
            one.action_merge()
        other = self._same(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        with self.assertRaisesRegex(UserError, "same company and customer"):
            (one | other).action_merge()
        lost = self._same()
        lost.write({"state": "lost", "close_reason_id": self.reason.id})
        with self.assertRaisesRegex(UserError, "is closed"):
            (one | lost).action_merge()

    def test_split(self):
        request = self._same({"name": "Bearing"}, {"name": "Seal"}, channel="email")
        wizard = self.env["material.request.split"].create(
            {"request_id": request.id, "line_ids": request.line_ids[1].ids}
        )
        action = wizard.action_split()
        part = request.browse(action["res_id"])
        self.assertRecordValues(
            part,
            [
                {
                    "partner_id": self.partner.id,
                    "partner_ref": "17",
                    "channel": "email",
                    "split_from_id": request.id,
                }
            ],
        )
        self.assertEqual(part.line_ids.name, "Seal")
        self.assertEqual(request.line_ids.name, "Bearing")
        self.assertNotEqual(part.name, request.name)
        self.assertFalse(request.duplicate_ids)

    def test_split_refusals(self):
        request = self._same({"name": "Bearing"}, {"name": "Seal"})
        foreign = self._same({"name": "Motor"})
        for lines in (request.line_ids, request.line_ids.browse(), foreign.line_ids):
            with self.assertRaisesRegex(UserError, "some of its lines, but not all"):
                request._split(lines)
