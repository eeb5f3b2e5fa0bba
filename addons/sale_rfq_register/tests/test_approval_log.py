from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ApprovalCommon, AtOnceCase


@tagged("post_install", "-at_install")
class TestApprovalLog(ApprovalCommon):
    def test_rows(self):
        self.offer.order_line.purchase_price = 4
        self._approve()
        rows = self.offer.approval_log_ids.sorted("id")
        fingerprint = self.offer._get_offer_fingerprint()
        self.assertRecordValues(
            rows,
            [
                {
                    "event": event,
                    "user_id": user.id,
                    "tier_name": tier,
                    "tier_sequence": sequence,
                    "fingerprint": fingerprint,
                    "worst_discount": 20,
                    "worst_margin": 50,
                    "amount": 50,
                    "partner_id": self.partner.id,
                    "company_id": self.offer.company_id.id,
                }
                for event, user, tier, sequence in (
                    ("requested", self.seller, False, 0),
                    ("tier", self.head, "Head of sales", 1),
                    ("tier", self.manager, "Management", 2),
                    ("released", self.manager, False, 0),
                )
            ],
        )
        self.assertEqual(len(fingerprint), 64)

    def test_survives_the_reviews(self):
        self._approve()
        self.offer.with_user(self.seller).restart_validation()
        self.assertFalse(self.offer.review_ids)
        self.assertEqual(
            self._events(self.offer), ["requested", "tier", "tier", "released", "restarted"]
        )

    def test_comment_and_tier_are_kept_as_they_were(self):
        self.offer.with_user(self.seller).request_validation()
        self._reject(self.offer, self.head, "Too cheap")
        self.tier_head.name = "Renamed"
        row = self.offer._get_latest_entry()
        self.assertEqual((row.comment, row.tier_name), ("Too cheap", "Head of sales"))

    def test_not_even_the_system_changes_a_row(self):
        self.offer.with_user(self.seller).request_validation()
        row = self.offer.approval_log_ids.sudo()
        with self.assertRaisesRegex(UserError, "not changed any more"):
            row.event = "released"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            row.unlink()

    def test_offer_stays_as_evidence(self):
        self.offer.with_user(self.seller).request_validation()
        with self.assertRaisesRegex(UserError, "entries in the approval log"):
            self.offer.unlink()
        self.assertEqual(len(self.offer.review_ids), 2)
        self._new_discounted_offer(20).unlink()

    def test_who_sees_it(self):
        self._approve()
        outsider = self._new_user("outsider", "sales_team.group_sale_salesman")
        employee = self._new_user("emp", "base.group_user")
        domain = [("order_id", "=", self.offer.id)]
        log = self.env["sale.approval.log"]
        self.assertEqual(len(log.with_user(self.seller).search(domain)), 4)
        self.assertEqual(len(log.with_user(self.manager).search(domain)), 4)
        self.assertFalse(log.with_user(outsider).search(domain))
        with self.assertRaises(AccessError):
            log.with_user(employee).search(domain)

    def test_companies_stay_apart(self):
        self._approve()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._new_user(
            "stranger",
            "sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(
            self.env["sale.approval.log"]
            .with_user(stranger)
            .search([("order_id", "=", self.offer.id)])
        )


@tagged("post_install", "-at_install")
class TestApprovalDeputy(ApprovalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy = cls._new_user(
            "ap_deputy", "sales_team.group_sale_salesman_all_leads", name="Dora Deputy"
        )
        cls.today = fields.Date.today()

    def _delegate(self, start=0, end=0, **values):
        return (
            self.env["sale.approval.delegation"]
            .with_user(self.head)
            .create(
                {
                    "deputy_id": self.deputy.id,
                    "date_from": self.today + timedelta(days=start),
                    "date_to": self.today + timedelta(days=end),
                    **values,
                }
            )
        )

    def test_deputy_approves_for_the_reviewer(self):
        self.offer.with_user(self.seller).request_validation()
        self.assertFalse(self.offer.with_user(self.deputy).can_review)
        self._delegate()
        self.assertTrue(self.offer.with_user(self.deputy).can_review)
        self.offer.with_user(self.deputy).validate_tier()
        row = self.offer._get_latest_entry()
        self.assertEqual((row.user_id, row.represented_id), (self.deputy, self.head))

    def test_reviewer_may_still_do_it_himself(self):
        self._delegate()
        self.offer.with_user(self.seller).request_validation()
        self.offer.with_user(self.head).validate_tier()
        self.assertFalse(self.offer._get_latest_entry().represented_id)

    def test_only_in_the_period(self):
        self._delegate(start=1, end=2)
        self.offer.with_user(self.seller).request_validation()
        with self.assertRaisesRegex(UserError, "not your turn"):
            self.offer.with_user(self.deputy).validate_tier()
        with freeze_time(self.today + timedelta(days=2)):
            self.env["sale.approval.delegation"]._renew_reviewers()
            self.assertTrue(self.offer.with_user(self.deputy).can_review)
        # the hourly job has not come yet
        with freeze_time(self.today + timedelta(days=3)):
            with self.assertRaisesRegex(UserError, "not your turn"):
                self.offer.with_user(self.deputy).validate_tier()

    def test_deputy_does_not_approve_what_he_asks_for(self):
        self._delegate()
        self.offer.with_user(self.deputy).request_validation()
        with self.assertRaisesRegex(UserError, "not your turn"):
            self.offer.with_user(self.deputy).validate_tier()

    def test_nobody_appoints_himself(self):
        with self.assertRaises(AccessError):
            self.env["sale.approval.delegation"].with_user(self.seller).create(
                {
                    "user_id": self.head.id,
                    "deputy_id": self.seller.id,
                    "date_from": self.today,
                    "date_to": self.today,
                }
            )
        delegation = self._delegate()
        with self.assertRaises(AccessError):
            delegation.with_user(self.seller).deputy_id = self.seller

    def test_a_deputy_reads_what_he_approves(self):
        self.deputy.group_ids = self.env.ref("sales_team.group_sale_salesman")
        with self.assertRaises(ValidationError) as refusal:
            self._delegate()
        self.assertIn("Dora Deputy sees own offers only", str(refusal.exception))

    def test_customer_is_no_deputy(self):
        customer = self._new_user("customer", "base.group_portal")
        with self.assertRaisesRegex(ValidationError, "not a colleague"):
            self._delegate(deputy_id=customer.id)


@tagged("post_install", "-at_install")
class TestApprovalCosts(ApprovalCommon):
    """Orders that need no approval pay nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.tier_head + cls.tier_manager).active = False

    def _count(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_confirming_asks_nothing_of_the_approval(self):
        orders = [self._new_discounted_offer(20) for _n in range(3)]
        self._count(orders[0].action_confirm)
        with self._without_approval():
            bare = self._count(orders[1].action_confirm)
        self.assertLessEqual(self._count(orders[2].action_confirm), bare)

    def test_writing_asks_nothing_of_the_approval(self):
        order = self._new_discounted_offer(20)
        for values in (
            {"client_order_ref": "A"},
            {"order_line": [(1, order.order_line[0].id, {"discount": 25})]},
        ):
            self._count(lambda values=values: order.write(values))
            with self._without_approval():
                bare = self._count(lambda values=values: order.write(values))
            self.assertLessEqual(self._count(lambda values=values: order.write(values)), bare)

    def _without_approval(self):
        """The offer's own part of it taken away, as if nobody had written it."""
        order = self.registry["sale.order"]
        base = {
            "_get_offer_state": lambda order: order._get_offer_states()[order.state],
            "_settle_approvals_later": lambda order: None,
            "_get_approval_refusal": lambda order: False,
            "_check_approved": lambda order: None,
            "_action_cancel": order._action_cancel,
        }
        return _Patched(order, base)

    def test_many_orders_in_few_queries(self):
        """With tiers, the state of many orders costs the same number of queries."""
        (self.tier_head + self.tier_manager).active = True
        few = self.env["sale.order"].union(*(self._new_discounted_offer(20) for _n in range(2)))
        many = self.env["sale.order"].union(*(self._new_discounted_offer(20) for _n in range(12)))
        few.mapped("approval_state")
        counts = [
            self._count(lambda orders=orders: orders.mapped("approval_state"))
            for orders in (few, many)
        ]
        self.assertEqual(*counts)


class _Patched:
    def __init__(self, owner, names):
        self.owner, self.names = owner, names

    def __enter__(self):
        for name, function in self.names.items():
            setattr(self.owner, name, function)

    def __exit__(self, *_error):
        for name in self.names:
            delattr(self.owner, name)


@tagged("post_install", "-at_install")
class TestApprovalAtOnce(AtOnceCase):
    """Two reviewers approve in the same moment: one of them completes the approval."""

    def _prepare(self, env):
        group = env.ref("sales_team.group_sale_salesman_all_leads")
        users = env["res.users"].create(
            [
                {"name": f"at once {n}", "login": f"at once {n}", "group_ids": [(6, 0, group.ids)]}
                for n in (1, 2)
            ]
        )
        self.user_ids = users.ids
        self.tier_ids = (
            env["tier.definition"]
            .create(
                [
                    {
                        "name": user.name,
                        "model_id": env["ir.model"]._get_id("sale.order"),
                        "company_id": False,
                        "reviewer_id": user.id,
                        "definition_domain": "[('client_order_ref', '=', 'at once')]",
                    }
                    for user in users
                ]
            )
            .ids
        )
        partner = env["res.partner"].create({"name": "at once"})
        order = env["sale.order"].create({"partner_id": partner.id, "client_order_ref": "at once"})
        order.request_validation()
        self.partner_id, self.order_id = partner.id, order.id

    def _forget(self):
        """What other cursors committed is not rolled back with the test."""
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM sale_approval_log WHERE order_id = %s", [self.order_id])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.order"].browse(self.order_id).unlink()
            env["tier.definition"].browse(self.tier_ids).unlink()
            env["res.users"].browse(self.user_ids).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _approve(self, barrier, user_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            order = env["sale.order"].browse(self.order_id)
            order.mapped("review_ids.status")  # the snapshot is taken here
            barrier.wait(timeout=10)
            retrying(order.validate_tier, env)

    def test_one_completes_it(self):
        barrier = Barrier(2)
        with mute_logger("odoo.sql_db", "odoo.service.model"), ThreadPoolExecutor(2) as pool:
            for approval in [
                pool.submit(self._approve, barrier, user_id) for user_id in self.user_ids
            ]:
                approval.result(timeout=60)
        with self.registry.cursor() as cr:
            order = api.Environment(cr, SUPERUSER_ID, {})["sale.order"].browse(self.order_id)
            self.assertEqual(order.approval_state, "approved")
            self.assertEqual(
                order.approval_log_ids.sorted("id").mapped("event"),
                ["requested", "tier", "tier", "released"],
            )
