from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestLineState(RequestCommon):
    """Each line of a request has an answer of its own; the request follows its lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._new_request(
            {"product_id": cls.bearing.id, "quantity": 5},
            {"product_id": cls.seal.id, "quantity": 2},
            {"name": "Marine grease", "quantity": 1},
        )
        cls.request.action_check()
        cls.first, cls.second, cls.third = cls.request.line_ids

    def _states(self):
        return self.request.line_ids.mapped("state")

    def _offer(self):
        before = self.request.order_ids
        self.request.action_create_offer()
        return self.request.order_ids - before

    def _close(self, lines, outcome="lost"):
        context = lines.with_context(close_as=outcome).action_close()["context"]
        wizard = Form(self.env["material.request.close"].with_context(context))
        wizard.reason_id = self.reason
        wizard.save().action_close()

    def test_open_until_offered_and_ordered(self):
        self.assertEqual(self._states(), ["open"] * 3)
        self.assertEqual(self.request.unanswered_line_count, 3)
        offer = self._offer()
        self.assertEqual(self._states(), ["offered", "offered", "open"])
        self.assertEqual((self.request.state, self.request.unanswered_line_count), ("offered", 1))
        offer.action_confirm()
        self.assertEqual(self._states(), ["ordered", "ordered", "open"])
        self.assertEqual(self.request.state, "partly_won")

    def test_forgotten_line_is_offered_from_a_partly_won_request(self):
        self._offer().action_confirm()
        self.third.product_id = self.motor
        offer = self._offer()
        self.assertEqual(offer.order_line.product_id, self.motor)
        self.assertEqual(self.request.state, "partly_won")
        offer.action_confirm()
        self.assertEqual(self.request.state, "won")

    def test_last_open_line_is_closed(self):
        self._offer().action_confirm()
        self._close(self.third, "no_bid")
        self.assertRecordValues(
            self.third,
            [{"state": "no_bid", "close_reason_id": self.reason.id}],
        )
        self.assertEqual(self.request.state, "won")
        self.third.action_reopen()
        self.assertEqual((self.third.state, self.request.state), ("open", "partly_won"))

    def test_what_is_won_in_part_is_closed_for_the_rest(self):
        self._offer().action_confirm()
        action = self.request.with_context(close_as="lost").action_close()
        wizard = Form(self.env["material.request.close"].with_context(action["context"]))
        wizard.reason_id = self.reason
        wizard.save().action_close()
        self.assertEqual(self._states(), ["ordered", "ordered", "lost"])
        self.assertEqual(self.request.state, "won")

    def test_request_is_closed_with_its_last_line(self):
        self._close(self.first)
        self._close(self.second)
        self.assertEqual(self.request.state, "checked")
        self._close(self.third, "no_bid")
        self.assertRecordValues(
            self.request, [{"state": "no_bid", "close_reason_id": self.reason.id}]
        )

    def test_lines_are_closed_and_reopened_with_the_request(self):
        self._close(self.third, "no_bid")
        other = self.reason.copy({"name": "Too late"})
        self.request.write({"state": "lost", "close_reason_id": other.id})
        self.assertEqual(self._states(), ["lost", "lost", "no_bid"])
        self.request.action_reset()
        self.assertEqual(self._states(), ["open", "open", "no_bid"])
        self.assertEqual(self.request.state, "checked")

    def test_one_line_of_a_closed_request_is_reopened(self):
        self.request.write({"state": "lost", "close_reason_id": self.reason.id})
        self.second.action_reopen()
        self.assertEqual(self._states(), ["lost", "open", "lost"])
        self.assertEqual(self.request.state, "checked")

    def test_an_ordered_line_is_not_closed(self):
        self._offer().action_confirm()
        with self.assertRaisesRegex(UserError, "is ordered: cancel its order"):
            self._close(self.first)

    def test_cancelled_order_opens_its_lines(self):
        offer = self._offer()
        offer.action_confirm()
        offer._action_cancel()
        self.assertEqual(self._states(), ["open"] * 3)
        self.assertEqual(self.request.state, "offered")
        offer.action_draft()
        self.assertEqual(self._states(), ["offered", "offered", "open"])

    def test_one_of_two_orders_is_cancelled(self):
        first = self._offer()
        self.third.product_id = self.motor
        second = self._offer()
        (first + second).action_confirm()
        self.assertEqual(self.request.state, "won")
        second._action_cancel()
        self.assertEqual(self._states(), ["ordered", "ordered", "open"])
        self.assertEqual(self.request.state, "partly_won")

    def test_expired_offer_opens_its_lines(self):
        with freeze_time("2026-03-02"):
            offer = self._offer()
            offer.validity_date = "2026-03-10"
        with freeze_time("2026-03-11"):
            self.env["sale.order"]._expire_offers()
            self.assertEqual(self._states(), ["open"] * 3)
            offer.validity_date = "2026-03-20"
            self.assertEqual(self._states(), ["offered", "offered", "open"])

    def test_revision_takes_the_lines_along(self):
        newer = self._offer()._revise()
        self.assertEqual(self._states(), ["offered", "offered", "open"])
        newer.order_line[1].unlink()
        self.assertEqual(self._states(), ["offered", "open", "open"])

    def test_line_taken_out_of_the_offer_is_open(self):
        offer = self._offer()
        offer.order_line[0].product_uom_qty = 0
        offer.order_line[1].unlink()
        self.assertEqual(self._states(), ["open"] * 3)

    def test_deleted_offer_opens_its_lines(self):
        self._offer().unlink()
        self.assertEqual(self._states(), ["open"] * 3)

    def test_what_the_customer_does_not_choose_is_declined(self):
        offer = self._offer()
        section = {"display_type": "line_section", "name": "Options", "is_optional": True}
        offer.order_line = [Command.create({**section, "sequence": 20})]
        offer.order_line[0].sequence = 10
        optional = offer.order_line.filtered(lambda line: line.product_id == self.seal)
        optional.write({"sequence": 30, "product_uom_qty": 0})
        offer.order_line.invalidate_recordset(["parent_id"])
        self.second.modified(["date_declined"])
        self.assertEqual(self.second.state, "offered")
        offer.action_confirm()
        self.assertEqual(self._states(), ["ordered", "declined", "open"])

    def test_another_offer_is_an_explicit_choice(self):
        offer = self._offer()
        action = self.request.action_create_offer()
        self.assertEqual((action["res_id"], self.request.order_count), (offer.id, 1))
        self.request.action_create_another_offer()
        self.assertEqual(self.request.order_count, 2)
        other = self.request.order_ids - offer
        self.assertEqual(other.order_line.product_id, self.bearing + self.seal)

    def test_ordered_and_closed_lines_are_not_offered_again(self):
        offer = self._offer()
        offer.order_line[1].unlink()
        offer.action_confirm()
        with self.assertRaisesRegex(UserError, "no line that can be offered"):
            self._close(self.second)
            self.request.action_create_another_offer()

    def test_states_of_people_are_kept(self):
        request = self._new_request({"name": "Marine grease"})
        request.line_ids.name = "Grease"
        self.assertEqual(request.state, "new")
        with Form(request) as form, form.line_ids.new() as line:
            line.name = "Oil"
        self.assertEqual((request.state, request.unanswered_line_count), ("new", 2))

    def test_copy_is_open(self):
        self._offer().action_confirm()
        self._close(self.third)
        copy = self.request.copy()
        self.assertEqual(copy.line_ids.mapped("state"), ["open"] * 3)
        self.assertEqual(copy.state, "new")

    def test_merged_offers_answer_the_lines_that_are_kept(self):
        other = self.request.copy()
        other.date_received = "2026-01-01"
        other.action_check()
        self._offer()
        (self.request + other).action_merge()
        self.assertEqual(other.line_ids.mapped("state"), ["offered", "offered", "open"])
        self.assertEqual(other.state, "offered")

    def test_work_list_and_filter_show_what_is_open(self):
        self._offer().action_confirm()
        self.third.product_id = self.motor
        action = self.env.ref("sale_rfq_register.sale_material_request_line_action")
        self.assertIn("search_default_to_offer", action.context)
        arch = self.env["sale.material.request"].get_view(view_type="search")["arch"]
        self.assertIn('name="open_lines"', arch)
        work = [("state", "=", "open"), ("product_id", "!=", False)]
        found = self.third.search([*work, ("request_id", "=", self.request.id)])
        self.assertEqual(found, self.third)

    def test_open_lines_are_unmet_demand(self):
        self._offer().action_confirm()
        self.third.product_id = self.motor
        self.env.flush_all()
        demand = self.env["sale.material.demand"].search([("request_id", "=", self.request.id)])
        unmet = {row.line_id: row.unmet_quantity for row in demand}
        self.assertEqual(unmet, {self.first: 0, self.second: 0, self.third: 1})
        self._offer()
        self.env.invalidate_all()
        self.assertFalse(any(demand.mapped("unmet_quantity")))

    def test_customers_wait_for_open_lines(self):
        offer = self._offer()
        self.third.product_id = self.motor
        self.env.flush_all()
        row = self.env["sale.request.customer"].search([("partner_id", "=", self.partner.id)])
        self.assertEqual(row.waiting_line_count, 1)
        self.assertIn(self.request, row._get_open_requests())
        self._offer()
        offer.action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(row.waiting_line_count, 0)
        self.assertNotIn(self.request, row._get_open_requests())

    def test_queries_do_not_grow_with_the_lines(self):
        def answer(count):
            lines = [{"product_id": self.bearing.id, "quantity": n + 1} for n in range(count)]
            request = self._new_request(*lines)
            request.action_check()
            request.action_create_offer()
            self.env.flush_all()
            self.env.invalidate_all()
            order = request.order_ids
            before = self.env.cr.sql_log_count
            order.modified(["offer_state"])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        answer(2)
        self.assertEqual(answer(300), answer(30))
