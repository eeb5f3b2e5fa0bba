from odoo.tests import HttpCase, tagged

from .common import ApprovalCommon, RpcCommon

DENIED = "odoo.exceptions.AccessError"


@tagged("post_install", "-at_install")
class TestApprovalRights(ApprovalCommon, RpcCommon, HttpCase):
    """Who reads the tiers and reviews of offers, and who writes reviews, over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_user("ar_portal", "base.group_portal", password="ar_portal")
        cls.customer.partner_id.parent_id = cls.partner
        cls.offer.message_subscribe(cls.customer.partner_id.ids)
        cls.colleague = cls._new_user("ar_user", "base.group_user", password="ar_user")
        cls.controller = cls._new_user(
            "ar_control", "account.group_account_readonly", password="ar_control"
        )
        cls.tier_control = cls._new_tier("Controller", cls.controller, sequence=5)
        cls.offer.with_user(cls.seller).request_validation()
        cls.env.cr.flush()

    def _read(self, user, model):
        """Ids of what the user finds; the error where he has no right at all."""
        self.authenticate(user.login, user.login)
        return self._call(model, "search", [["model", "=", "sale.order"]])

    def test_portal_reads_nothing(self):
        for model in ("tier.definition", "tier.review"):
            self.assertEqual(self._read(self.customer, model), [])
        self._assert_denied("tier.definition", "read", self.tier_head.ids, ["definition_domain"])
        self._assert_denied("tier.review", "read", self.offer.review_ids.ids, ["status"])

    def test_colleague_without_sales_reads_nothing(self):
        for model in ("tier.definition", "tier.review"):
            self.assertEqual(self._read(self.colleague, model), [])

    def test_reviewer_without_sales_reads_his_own(self):
        self.assertEqual(self._read(self.controller, "tier.definition"), self.tier_control.ids)
        own = self.offer.review_ids.filtered(lambda review: self.controller in review.reviewer_ids)
        self.assertEqual(self._read(self.controller, "tier.review"), own.ids)

    def test_who_sells_reads_all(self):
        for user in (self.seller, self.head):
            self.assertIn(self.tier_control.id, self._read(user, "tier.definition"))
            self.assertTrue(set(self.offer.review_ids.ids) <= set(self._read(user, "tier.review")))

    def test_nobody_makes_a_review(self):
        for user in (self.customer, self.colleague, self.controller, self.seller, self.head):
            self.authenticate(user.login, user.login)
            for model in ("sale.order", "res.partner", "account.move", False):
                values = {"model": model, "res_id": self.offer.id, "status": "approved"}
                self.assertEqual(self._call("tier.review", "create", [values]), DENIED)

    def test_nobody_changes_a_review(self):
        review = self.offer.review_ids[0]
        for user in (self.customer, self.colleague, self.controller, self.seller):
            self.authenticate(user.login, user.login)
            self._assert_denied("tier.review", "write", review.ids, {"status": "approved"})
            self._assert_denied("tier.review", "unlink", review.ids)

    def test_tiers_are_set_up_by_administrators(self):
        for user in (self.customer, self.colleague, self.seller, self.head):
            self.authenticate(user.login, user.login)
            self._assert_denied("tier.definition", "write", self.tier_head.ids, {"active": False})
