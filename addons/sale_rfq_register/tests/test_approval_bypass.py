from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import ApprovalCommon, RpcCommon

DENIED = "odoo.exceptions.AccessError"
REFUSED = "odoo.exceptions.UserError"


@tagged("post_install", "-at_install")
class TestApprovalGate(ApprovalCommon):
    """Every way to use an offer that is not approved is refused with the same words."""

    def _paths(self, offer):
        return {
            "send": offer.action_quotation_send,
            "send many": lambda: (offer + self._new_discounted_offer(0)).action_quotation_send(),
            "mark as sent": offer.action_quotation_sent,
            "post": lambda: offer.with_context(mark_so_as_sent=True).message_post(body="x"),
            "confirm": offer.action_confirm,
            "confirm from the portal": offer.sudo()._validate_order,
            "confirm as the system": offer.sudo().action_confirm,
            "write sent": lambda: offer.write({"state": "sent"}),
            "write sale": lambda: offer.write({"state": "sale"}),
            "write as the system": lambda: offer.sudo().write({"state": "sale"}),
            "skip the check": lambda: offer.with_context(skip_validation_check=True).write(
                {"state": "sale"}
            ),
            "skip the condition": lambda: offer.with_context(
                skip_check_state_condition=True
            ).action_confirm(),
        }

    def test_every_path_is_refused(self):
        offer = self.offer.with_user(self.seller)
        offer.write({"require_signature": True, "require_payment": True})
        for name, path in self._paths(offer).items():
            with (
                self.subTest(path=name),
                self.assertRaisesRegex(UserError, f"{offer.name} needs an approval"),
            ):
                path()
        self.assertFalse(offer._has_to_be_signed())
        self.assertFalse(offer._has_to_be_paid())
        self.assertTrue(offer._waits_for_release())

    def test_made_as_if_approved(self):
        """Neither by values nor by the defaults of a context, which reach create as well."""
        orders = self.env["sale.order"].with_user(self.seller)
        values = {"partner_id": self.offer.partner_id.id}
        for name, value, error in (
            ("offer_state", "approved", AccessError),
            ("validation_status", "validated", AccessError),
            ("receipt_date", "2026-01-01 12:00:00", UserError),
            ("superseded_by_id", self.offer.id, UserError),
        ):
            with self.subTest(name=name):
                with self.assertRaises(error):
                    orders.create({**values, name: value})
                with self.assertRaises(error):
                    orders.with_context(**{f"default_{name}": value}).create(values)

    def test_every_path_is_open_once_approved(self):
        self._approve()
        offer = self.offer.with_user(self.seller)
        offer.write({"require_signature": True, "require_payment": True})
        self._approve_again(offer)
        self.assertTrue(offer._has_to_be_signed())
        self.assertTrue(offer._has_to_be_paid())
        for name, path in self._paths(offer).items():
            with self.subTest(path=name), self.cr.savepoint() as savepoint:
                path()
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def _approve_again(self, offer):
        self._commit(offer)
        self.assertEqual(offer.approval_state, "voided")
        self._approve(offer)

    def _compose(self, orders, context):
        return (
            self.env["mail.compose.message"]
            .with_user(self.seller)
            .with_context(**context)
            .create({})
        )

    def test_dialog_opened_before_the_change(self):
        for count in (1, 2):
            offer = self._approve(self._new_discounted_offer(20)).with_user(self.seller)
            orders = offer + self._new_discounted_offer(0) if count == 2 else offer
            wizard = self._compose(orders, orders.action_quotation_send()["context"])
            wizard.template_id = self.env.ref("sale.email_template_edi_sale")
            self.assertEqual(bool(wizard.attachment_ids), count == 1)
            offer.order_line[0].discount = 50
            with self.subTest(count=count), self.assertRaisesRegex(UserError, "was changed since"):
                wizard._action_send_mail()
            self.assertEqual(offer.state, "draft")

    def test_dialog_without_the_mark(self):
        wizard = self._compose(
            self.offer,
            {"default_model": "sale.order", "default_res_ids": self.offer.ids},
        )
        wizard.template_id = self.env.ref("sale.email_template_edi_sale")
        with self.assertRaisesRegex(UserError, "needs an approval"):
            wizard._action_send_mail()

    def test_template_without_a_dialog(self):
        template = self.env.ref("sale.email_template_edi_sale").with_user(self.seller)
        for send in (
            lambda: template.send_mail(self.offer.id),
            lambda: template.send_mail_batch(self.offer.ids),
            lambda: self.offer.with_user(self.seller).message_post_with_source(template),
        ):
            with self.assertRaisesRegex(UserError, "needs an approval"):
                send()

    def test_link_to_the_offer(self):
        wizard = self.env["portal.share"].create(
            {
                "res_model": "sale.order",
                "res_id": self.offer.id,
                "partner_ids": self.partner.ids,
            }
        )
        with self.assertRaisesRegex(UserError, "needs an approval"):
            wizard.action_send_mail()

    def test_answer_to_a_payment_is_sent(self):
        offer = self.offer
        with self.assertRaisesRegex(UserError, "needs an approval"):
            offer.with_user(self.seller).with_context(
                sale_payment_notice=True
            ).message_post_with_source(self.env.ref("sale.mail_template_sale_payment_executed"))
        offer.sudo()._send_payment_succeeded_for_order_mail()
        offer.with_context(leave_refused_offers=True).action_quotation_sent()
        self.assertEqual(offer.state, "draft")
        self.assertIn("needs an approval", str(offer.activity_ids.note))

    def test_letters_about_the_offer_are_free(self):
        letter = self.offer.with_user(self.seller).message_post(body="When do you need it?")
        self.assertEqual(letter.res_id, self.offer.id)
        self.assertEqual(self.offer.state, "draft")

    def test_created_in_a_later_state(self):
        for state in ("sent", "sale"):
            for orders in (self.env["sale.order"].with_user(self.seller), self.env["sale.order"]):
                with self.subTest(state=state), self.assertRaisesRegex(UserError, "an approval"):
                    self._new_discounted_offer(20, state=state)
                    orders.create({})
        self.assertEqual(self._new_discounted_offer(0, state="sale").state, "sale")

    def test_content_and_state_in_one_write(self):
        offer = self._new_discounted_offer(0).with_user(self.seller)
        line = Command.update(offer.order_line[0].id, {"discount": 90})
        with self.assertRaisesRegex(UserError, "needs an approval"):
            offer.write({"state": "sent", "order_line": [line]})

    def test_back_from_cancelled(self):
        self.offer.with_user(self.seller).action_cancel()
        with self.assertRaisesRegex(UserError, "needs an approval"):
            self.offer.with_user(self.seller).write({"state": "sale"})

    def test_copy_is_not_approved(self):
        self._approve()
        copy = self.offer.with_user(self.seller).copy()
        self.assertEqual((copy.approval_state, copy.offer_state), ("required", "draft"))
        self.assertFalse(copy.review_ids + copy.review_ids.browse(copy.approval_log_ids.ids))
        with self.assertRaisesRegex(UserError, "needs an approval"):
            copy.action_confirm()

    def test_money_waits(self):
        self.assertTrue(self.offer._waits_for_release())
        self.offer._schedule_paid_reminder()
        self.assertIn("needs an approval", str(self.offer.activity_ids.note))


@tagged("post_install", "-at_install")
class TestApprovalTampering(RpcCommon, ApprovalCommon, HttpCase):
    """A plain salesperson, with everything that RPC gives him."""

    def setUp(self):
        super().setUp()
        self.authenticate("ap_seller", "ap_seller")

    def _assert_closed(self):
        self.assertNotEqual(self.offer.approval_state, "approved")
        self.assertEqual(self.offer.state, "draft")
        for values in ({"state": "sale"}, {"state": "sent"}):
            self.assertEqual(self._call("sale.order", "write", self.offer.ids, values), REFUSED)
        self.assertEqual(self._call("sale.order", "action_confirm", self.offer.ids), REFUSED)
        self.assertEqual(
            self._call("sale.order", "action_quotation_sent", self.offer.ids), REFUSED
        )

    def test_the_front_doors(self):
        self._assert_closed()
        values = {
            "partner_id": self.partner.id,
            "order_line": [[0, 0, {"product_id": self.bearing.id, "discount": 90}]],
        }
        for state in ("sent", "sale"):
            self.assertEqual(
                self._call("sale.order", "create", [{**values, "state": state}]), REFUSED
            )
        for key in ("skip_validation_check", "skip_check_state_condition"):
            self.assertEqual(
                self._call(
                    "sale.order", "write", self.offer.ids, {"state": "sale"}, context={key: True}
                ),
                REFUSED,
            )

    def test_fields_of_the_approval(self):
        for values in (
            {"offer_state": "approved"},
            {"validation_status": "validated"},
            {"offer_worst_discount": 0},
            {"offer_worst_margin": 100},
            {"offer_amount": 0},
            {"released_fingerprint": "x"},
            {"review_ids": [[5]]},
            {"approval_log_ids": [[0, 0, {"event": "released"}]]},
        ):
            self.assertEqual(self._call("sale.order", "write", self.offer.ids, values), DENIED)
            self.assertEqual(
                self._call("sale.order", "create", [{"partner_id": self.partner.id, **values}]),
                DENIED,
            )
        self._assert_closed()

    def test_figures_of_core(self):
        self._new_tier("Margin", self.head, definition_domain="[('offer_worst_margin', '<', 50)]")
        self._new_tier("Total", self.head, definition_domain="[('offer_amount', '>', 50)]")
        self._new_tier("Share", self.head, definition_domain="[('margin_percent', '<', 0.5)]")
        offer = self._new_discounted_offer(0)
        offer.order_line.purchase_price = 9
        self._call("sale.order", "write", offer.ids, {"margin_percent": 1, "amount_untaxed": 1})
        self._call(
            "sale.order.line",
            "write",
            offer.order_line.ids,
            {"margin": 99, "margin_percent": 1, "price_subtotal": 1},
        )
        self.assertEqual(self._call("sale.order", "action_confirm", offer.ids), REFUSED)
        self.assertEqual(
            set(offer._get_matching_tiers().mapped("name")), {"Margin", "Total", "Share"}
        )

    def test_reviews(self):
        self.assertTrue(self._call("sale.order", "request_validation", self.offer.ids))
        reviews = self.offer.review_ids
        for values in (
            {"status": "approved"},
            {"reviewer_ids": [[4, self.seller.id]]},
            {"requested_by": self.head.id},
            {"res_id": 1},
            {"model": "res.partner"},
            {"definition_id": False},
            {"comment": "fine"},
        ):
            self.assertEqual(self._call("tier.review", "write", reviews.ids, values), DENIED)
        self.assertEqual(self._call("tier.review", "unlink", reviews.ids), DENIED)
        values = {"model": "sale.order", "res_id": self.offer.id, "status": "approved"}
        self.assertEqual(self._call("tier.review", "create", [values]), DENIED)
        other = {**values, "model": "res.partner"}
        self.assertEqual(self._call("tier.review", "create", [other]), DENIED)
        own = self.env["tier.review"].create(other).ids
        self.assertEqual(self._call("tier.review", "write", own, {"model": "sale.order"}), DENIED)
        self.assertEqual(self._call("sale.order", "validate_tier", self.offer.ids), REFUSED)
        self.assertEqual(self._call("sale.order", "reject_tier", self.offer.ids), REFUSED)
        self.assertEqual(
            self._call(
                "sale.order",
                "validate_tier",
                self.offer.ids,
                context={"uid": self.head.id, "skip_validation_check": True},
            ),
            REFUSED,
        )
        self._assert_closed()

    def test_comment_dialog(self):
        self._call("sale.order", "request_validation", self.offer.ids)
        wizard = self._call(
            "comment.wizard",
            "create",
            {
                "res_model": "sale.order",
                "res_id": self.offer.id,
                "review_ids": [[6, 0, self.offer.review_ids.ids]],
                "validate_reject": "validate",
                "comment": "I like it",
            },
        )
        self.assertEqual(self._call("comment.wizard", "add_comment", [wizard]), DENIED)
        self._assert_closed()

    def test_tier_two_before_tier_one(self):
        self._call("sale.order", "request_validation", self.offer.ids)
        self.authenticate("ap_manager", "ap_manager")
        second = self.offer.review_ids.sorted("sequence")[1]
        wizard = self._call(
            "comment.wizard",
            "create",
            {
                "res_model": "sale.order",
                "res_id": self.offer.id,
                "review_ids": [[6, 0, second.ids]],
                "validate_reject": "validate",
                "comment": "Quick",
            },
        )
        self.assertEqual(self._call("comment.wizard", "add_comment", [wizard]), REFUSED)
        self.assertEqual(second.status, "waiting")

    def test_tiers_and_log(self):
        tiers = self.tier_head + self.tier_manager
        for values in ({"active": False}, {"reviewer_id": self.seller.id}):
            self.assertEqual(self._call("tier.definition", "write", tiers.ids, values), DENIED)
        self.assertEqual(self._call("tier.definition", "unlink", tiers.ids), DENIED)
        self._call("sale.order", "request_validation", self.offer.ids)
        row = self.offer.approval_log_ids
        values = {
            "order_id": self.offer.id,
            "company_id": self.offer.company_id.id,
            "event": "released",
            "fingerprint": self.offer._get_offer_fingerprint(),
        }
        self.assertEqual(self._call("sale.approval.log", "create", [values]), DENIED)
        self.assertEqual(
            self._call("sale.approval.log", "write", row.ids, {"event": "released"}), REFUSED
        )
        self.assertEqual(self._call("sale.approval.log", "copy", row.ids), DENIED)
        self.assertEqual(self._call("sale.approval.log", "unlink", row.ids), DENIED)
        self._assert_closed()

    def test_lines_written_directly(self):
        self._approve()
        line = self.offer.order_line[0]
        self.assertIs(self._call("sale.order.line", "write", line.ids, {"discount": 90}), True)
        self._assert_closed()
        self.assertEqual(self.offer.approval_state, "voided")
        self.assertIn("voided", self._events(self.offer))

    def test_private_methods(self):
        for method in (
            "_validate_tier",
            "_log_approval",
            "_settle_approvals",
            "_begin_review",
        ):
            self.assertEqual(self._call("sale.order", method, self.offer.ids), DENIED)

    def test_restart_of_another_ones_offer(self):
        self._approve()
        self.offer.write({"user_id": self.head.id, "team_id": False})
        self.offer.flush_recordset()
        for method in ("restart_validation", "request_validation", "validate_tier", "reject_tier"):
            self.assertEqual(self._call("sale.order", method, self.offer.ids), DENIED)
        self.assertEqual(self.offer.approval_state, "approved")

    def test_customer_reads_no_reviews(self):
        self._call("sale.order", "request_validation", self.offer.ids)
        customer = self._new_user("ap_customer", "base.group_portal", password="ap_customer")
        customer.partner_id.parent_id = self.partner
        self.offer.message_subscribe(self.partner.ids)
        self.authenticate("ap_customer", "ap_customer")
        self.assertEqual(self._call("tier.review", "search", [["model", "=", "sale.order"]]), [])
        for name in ("approval_message", "offer_worst_margin", "approval_log_ids"):
            self.assertEqual(self._call("sale.order", "read", self.offer.ids, [name]), DENIED)

    def test_administrator_of_sales_is_no_exception(self):
        administrator = self._new_user("ap_adm", "sales_team.group_sale_manager")
        offer = self.offer.with_user(administrator)
        with self.assertRaisesRegex(UserError, "needs an approval"):
            offer.action_confirm()
        with self.assertRaises(AccessError):
            offer.offer_state = "approved"
