import doctest
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, Form, tagged

from odoo.addons.sale_rfq_register import offer_figures

from .common import ApprovalCommon


class TestOfferFigures(BaseCase):
    def test_examples(self):
        self.assertEqual(doctest.testmod(offer_figures).failed, 0)


@tagged("post_install", "-at_install")
class TestFigures(ApprovalCommon):
    """What tiers test is the worst line, however the price was lowered."""

    def test_discount_of_the_worst_line(self):
        self.assertEqual(self.offer.offer_worst_discount, 20)

    def test_open_offers_are_found_by_their_figures(self):
        orders = self.env["sale.order"]
        plain = self._new_discounted_offer(0)
        for name, value in (("offer_worst_discount", 15), ("offer_amount", 0.01)):
            with self.subTest(name=name):
                self.assertIn(self.offer, orders.search([(name, ">", value)]))
        self.assertNotIn(plain, orders.search([("offer_worst_discount", ">", 15)]))
        self.assertIn(plain, orders.search([("offer_worst_discount", "<=", 15)]))
        self.offer.action_cancel()
        self.assertNotIn(self.offer, orders.search([("offer_worst_discount", ">", 15)]))

    def test_price_lowered_by_hand(self):
        offer = self._new_discounted_offer(0)
        self.assertEqual(offer.offer_worst_discount, 0)
        offer.order_line[0].price_unit = 7
        self.assertEqual(offer.offer_worst_discount, 30)

    def test_discount_on_a_line_of_its_own(self):
        offer = self._new_discounted_offer(0)
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": offer.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.4,
            }
        ).action_apply_discount()
        self.assertEqual(offer.offer_worst_discount, 40)

    def test_margins(self):
        self.offer.order_line[0].purchase_price = 6
        self.offer.order_line[1].purchase_price = 1
        self.assertEqual(self.offer.offer_worst_margin, 25)
        self.offer.order_line[0].discount = 100
        self.assertEqual(self.offer.offer_worst_margin, -210)

    def test_amount_is_in_the_companys_currency(self):
        currency = self._enable_currency(
            "EUR" if self.env.company.currency_id.name != "EUR" else "USD"
        )
        currency.rate_ids = [Command.clear(), Command.create({"rate": 4.0, "name": "2020-01-01"})]
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        offer = self._new_discounted_offer(0, pricelist_id=pricelist.id)
        self.assertAlmostEqual(offer.offer_amount, offer.amount_untaxed / offer.currency_rate, 2)
        self.assertNotEqual(offer.offer_amount, offer.amount_untaxed)

    @classmethod
    def _enable_currency(cls, name):
        currency = cls.env.ref(f"base.{name}")
        currency.active = True
        return currency


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCommon):
    def test_way_to_the_approval(self):
        offer = self.offer.with_user(self.seller)
        self.assertEqual(offer.approval_state, "required")
        self.assertEqual(offer.offer_state, "draft")
        self.assertTrue(offer.need_validation)
        offer.request_validation()
        self.assertEqual((offer.approval_state, offer.offer_state), ("pending", "to_approve"))
        self.assertFalse(offer.can_review)
        self.assertTrue(offer.with_user(self.head).can_review)
        self.assertFalse(offer.with_user(self.manager).can_review)
        offer.with_user(self.head).validate_tier()
        self.assertEqual(offer.approval_state, "pending")
        offer.with_user(self.manager).validate_tier()
        self.assertEqual((offer.approval_state, offer.offer_state), ("approved", "approved"))
        self.assertIn("Hedda Head, Max Manager", offer.approval_message)
        offer.action_quotation_sent()
        self.assertEqual(offer.offer_state, "sent")
        offer.action_confirm()
        self.assertEqual(offer.offer_state, "accepted")

    def test_page_older_than_the_request(self):
        offer = self.offer
        offer.with_user(self.seller).request_validation()
        head, manager = offer.with_user(self.head), offer.with_user(self.manager)
        seen = head.approval_entry
        offer.order_line[0].discount = 60
        self._commit(offer)
        offer.with_user(self.seller).request_validation()
        for late in (head.validate_tier, head.reject_tier):
            with self.assertRaisesRegex(UserError, "requested again since you opened it"):
                getattr(head.with_context(seen_approval_entry=seen), late.__name__)()
        seen = manager.approval_entry
        head.with_context(seen_approval_entry=head.approval_entry).validate_tier()
        # what another tier approved in the meantime is what the page shows
        manager.with_context(seen_approval_entry=seen).validate_tier()
        self.assertEqual(self._commit(offer).approval_state, "approved")

    def test_rejection_goes_back_with_its_comment(self):
        offer = self.offer.with_user(self.seller)
        offer.request_validation()
        self._reject(offer, self.head, "Too cheap")
        self.assertEqual((offer.approval_state, offer.offer_state), ("rejected", "draft"))
        self.assertIn("Hedda Head: “Too cheap”", offer.approval_message)
        with self.assertRaisesRegex(UserError, "Too cheap"):
            offer.action_confirm()
        offer.order_line[0].discount = 15
        offer.request_validation()
        self.assertEqual(offer.approval_state, "pending")
        self.assertEqual(len(offer.review_ids), 2)
        self.assertEqual(self._events(offer), ["requested", "rejected", "requested"])

    def test_what_matches_no_tier_is_not_bothered(self):
        offer = self._new_discounted_offer(10).with_user(self.seller)
        self.assertEqual(offer.approval_state, "none")
        with self.assertRaisesRegex(UserError, "needs no approval"):
            offer.request_validation()
        offer.action_quotation_sent()
        offer.action_confirm()
        offer.order_line[0].discount = 5
        offer.note = "Thanks"
        self.assertEqual((offer.approval_state, offer.offer_state), ("none", "accepted"))
        self.assertFalse(offer.approval_log_ids)

    def test_form_tells_while_typing(self):
        with Form(self._new_discounted_offer(0)) as form:
            self.assertEqual(form.approval_state, "none")
            with form.order_line.edit(0) as line:
                line.price_unit = 5
            self.assertEqual(form.approval_state, "required")

    def test_withdrawn(self):
        self._approve()
        self.offer.with_user(self.seller).restart_validation()
        self.assertEqual(self.offer.approval_state, "required")
        self.assertFalse(self.offer.review_ids)

    def test_cancelled_while_waiting(self):
        self.offer.with_user(self.seller).request_validation()
        self.offer.with_user(self.seller).action_cancel()
        self.assertFalse(self.offer.review_ids)
        self.assertEqual(self._events(self.offer), ["requested", "restarted"])

    def test_one_at_a_time(self):
        self.offer.with_user(self.seller).request_validation()
        with self.assertRaisesRegex(UserError, r"not your turn.*Head of sales \(Hedda Head\)"):
            self.offer.with_user(self.manager).validate_tier()

    def test_twice_is_refused(self):
        self.offer.with_user(self.seller).request_validation()
        with self.assertRaisesRegex(UserError, "waits for its approval"):
            self.offer.with_user(self.seller).request_validation()

    def test_salesperson_is_told(self):
        self._approve()
        told = (
            self.env["mail.message"]
            .search([("model", "=", "sale.order"), ("res_id", "=", self.offer.id)])
            .notified_partner_ids
        )
        told |= (
            self.env["mail.notification"]
            .search([("res_partner_id", "=", self.seller.partner_id.id)])
            .res_partner_id
        )
        self.assertIn(self.seller.partner_id, told)

    def test_reviewers_are_written_to_when_it_is_their_turn(self):
        (self.tier_head + self.tier_manager).write(
            {
                "notify_on_pending": True,
                "notify_on_accepted": True,
                "notify_on_rejected": True,
                "notify_on_restarted": True,
                "has_comment": True,
            }
        )
        offer = self.offer.with_user(self.seller)
        offer.request_validation()
        action = offer.with_user(self.head).validate_tier()
        wizard = self.env["comment.wizard"].with_user(self.head).with_context(action["context"])
        wizard.create({"comment": "All right"}).add_comment()
        self._reject(offer, self.manager, "No")
        offer.restart_validation()
        texts = "".join(map(str, offer.message_ids.mapped("body")))
        for words in (
            "waits for the approval of Hedda Head; Sally Seller asked",
            "waits for the approval of Max Manager; Sally Seller asked",
            "withdrew the approval",
        ):
            self.assertIn(words, texts)
        self.assertEqual(
            offer.approval_log_ids.filtered(lambda row: row.event == "tier").comment, "All right"
        )

    def test_systray_counts_the_offer(self):
        self.offer.with_user(self.seller).request_validation()
        groups = self.env["res.users"].with_user(self.head).review_user_count()
        mine = [group for group in groups if group["model"] == "sale.order"]
        self.assertEqual(mine[0]["pending_count"], 1)
        self.assertFalse(
            [
                group
                for group in self.env["res.users"].with_user(self.manager).review_user_count()
                if group["model"] == "sale.order"
            ]
        )
        found = self.env["sale.order"].with_user(self.head).search([("can_review", "=", True)])
        self.assertIn(self.offer, found)

    def test_same_reviewer_of_the_next_tier_is_bypassed(self):
        self.tier_manager.write({"reviewer_id": self.head.id, "approve_sequence_bypass": True})
        self.offer.with_user(self.seller).request_validation()
        self.offer.with_user(self.head).validate_tier()
        self.assertEqual(self.offer.approval_state, "approved")
        self.assertEqual(self._events(self.offer), ["requested", "tier", "tier", "released"])


@tagged("post_install", "-at_install")
class TestApprovalTiers(ApprovalCommon):
    def test_changed_tiers_leave_the_approval_alone(self):
        self._approve()
        self.tier_head.write({"name": "Other", "definition_domain": "[]", "sequence": 1})
        self.tier_manager.active = False
        self.assertEqual(self.offer.approval_state, "approved")
        self.assertEqual(
            self.offer.approval_log_ids.filtered(lambda row: row.event == "tier").mapped(
                "tier_name"
            ),
            ["Management", "Head of sales"],
        )
        self.offer.with_user(self.seller).action_quotation_sent()

    def test_new_tier_is_met_at_once(self):
        offer = self._new_discounted_offer(0)
        self.assertEqual(offer.approval_state, "none")
        self._new_tier("Everything", self.head, definition_domain="[]")
        with self.assertRaisesRegex(UserError, "Everything"):
            offer.action_confirm()

    def test_domain_that_cannot_be_read(self):
        for domain in ("[('no_such_field', '=', 1)]", "[('state', '=', uid)]", "nonsense"):
            with self.subTest(domain=domain), self.assertRaisesRegex(ValidationError, "Head"):
                self.tier_head.definition_domain = domain

    def test_four_eyes(self):
        self.tier_head.reviewer_id = self.seller
        with self.assertRaisesRegex(UserError, "Nobody can approve tier Head of sales"):
            self.offer.with_user(self.seller).request_validation()

    def test_who_sells_does_not_approve_what_another_requests(self):
        self.offer.user_id = self.head
        with self.assertRaisesRegex(UserError, "Nobody can approve tier Head of sales"):
            self.offer.with_user(self.manager).request_validation()

    def test_becoming_the_salesperson_later_counts_too(self):
        self.offer.with_user(self.seller).request_validation()
        self.offer.user_id = self.head
        with self.assertRaisesRegex(UserError, "not your turn"):
            self.offer.with_user(self.head).validate_tier()

    def test_reviewer_without_access(self):
        self.tier_head.reviewer_id = self._new_user("emp", "base.group_user")
        with self.assertRaisesRegex(UserError, "none has access"):
            self.offer.with_user(self.seller).request_validation()

    def test_reviewer_who_lost_his_access(self):
        self.offer.with_user(self.seller).request_validation()
        self.head.group_ids = self.env.ref("base.group_user")
        with self.assertRaises(AccessError):
            self.offer.with_user(self.head).validate_tier()

    def test_companies_stay_apart(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.tier_head + self.tier_manager).company_id = other
        self.assertEqual(self.offer.approval_state, "none")
        self.offer.with_user(self.seller).action_quotation_sent()

    def test_reviewer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.head.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaisesRegex(UserError, "none has access"):
            self.offer.with_user(self.seller).request_validation()

    def test_payment_term_as_a_tier(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "45",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 45})
                ],
            }
        )
        sample = self.env.ref("sale_rfq_register.tier_definition_payment_term")
        sample.active = True
        offer = self._new_discounted_offer(0)
        self.assertEqual(offer.approval_state, "none")
        offer.payment_term_id = term
        self.assertEqual(offer.approval_state, "required")

    def test_examples_are_switched_off(self):
        samples = self.env["ir.model.data"].search(
            [("module", "=", "sale_rfq_register"), ("model", "=", "tier.definition")]
        )
        self.assertEqual(len(samples), 5)
        tiers = self.env["tier.definition"].browse(samples.mapped("res_id"))
        self.assertEqual(set(tiers.mapped("active")), {False})
        tiers.active = True
        self.assertEqual(
            self.offer._get_matching_tiers() & tiers,
            self.env.ref("sale_rfq_register.tier_definition_discount"),
        )


@tagged("post_install", "-at_install")
class TestApprovalChange(ApprovalCommon):
    """A change is allowed and voids the approval, on whatever path it comes."""

    def _changes(self):
        line = self.offer.order_line[0]
        seller = self.seller
        term = self.env["account.payment.term"].create({"name": "Other"})
        partner = self.env["res.partner"].create({"name": "Another"})
        return {
            "price": lambda: line.with_user(seller).write({"price_unit": 9}),
            "discount": lambda: line.with_user(seller).write({"discount": 21}),
            "less discount": lambda: line.with_user(seller).write({"discount": 15}),
            "quantity": lambda: line.with_user(seller).write({"product_uom_qty": 6}),
            "description": lambda: line.with_user(seller).write({"name": "x"}),
            "product": lambda: line.with_user(seller).write({"product_id": self.seal.id}),
            "taxes": lambda: line.with_user(seller).write(
                {"tax_ids": [Command.link(self.tax.id)]}
            ),
            "new line": lambda: (
                self.env["sale.order.line"]
                .with_user(seller)
                .create({"order_id": self.offer.id, "product_id": self.seal.id})
            ),
            "new line by the order": lambda: self.offer.with_user(seller).write(
                {"order_line": [Command.create({"product_id": self.seal.id})]}
            ),
            "line gone": lambda: self.offer.order_line[1].with_user(seller).unlink(),
            "line gone by the order": lambda: self.offer.with_user(seller).write(
                {"order_line": [Command.delete(self.offer.order_line[1].id)]}
            ),
            "payment term": lambda: self.offer.with_user(seller).write(
                {"payment_term_id": term.id}
            ),
            "customer": lambda: self.offer.with_user(seller).write({"partner_id": partner.id}),
            "delivery address": lambda: self.offer.with_user(seller).write(
                {"partner_shipping_id": partner.id}
            ),
            "validity": lambda: self.offer.with_user(seller).write(
                {"validity_date": "2099-01-01"}
            ),
            "terms": lambda: self.offer.with_user(seller).write({"note": "<p>as you like</p>"}),
            "delivery date": lambda: self.offer.with_user(seller).write(
                {"commitment_date": "2099-01-01 00:00:00"}
            ),
            "imported": lambda: (
                self.env["sale.order"]
                .with_user(seller)
                .load([".id", "payment_term_id/.id"], [[str(self.offer.id), str(term.id)]])
            ),
        }

    def test_prices_computed_anew(self):
        self._approve()
        self.bearing.list_price = 12
        self.offer.with_user(self.seller).action_update_prices()
        self._commit(self.offer)
        self.assertEqual(self._events(self.offer)[-1], "voided")

    def test_each_change_voids_it(self):
        self.tax = self.env["account.tax"].create({"name": "Extra", "amount": 3})
        self._approve()
        for name, change in self._changes().items():
            with self.subTest(change=name), self.cr.savepoint() as savepoint:
                self.assertEqual(self.offer.approval_state, "approved")
                change()
                self._commit(self.offer)
                self.assertEqual(self.offer.approval_state, "voided")
                self.assertEqual(self.offer.offer_state, "to_approve")
                self.assertEqual(self._events(self.offer)[-1], "voided")
                self.assertFalse(self.offer.review_ids)
                with self.assertRaisesRegex(UserError, "was changed since its approval"):
                    self.offer.with_user(self.seller).action_quotation_sent()
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

    def test_gate_sees_it_before_the_commit(self):
        self._approve()
        self.offer.order_line[0].discount = 30
        with self.assertRaisesRegex(UserError, "was changed since its approval"):
            self.offer.action_confirm()

    def test_what_is_not_commercial_leaves_it(self):
        self._approve()
        self.offer.write({"client_order_ref": "PO 7", "tag_ids": False})
        self.offer.order_line[0].sequence = 99
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "approved")

    def test_new_kind_of_content_voids_nothing(self):
        """An addon is installed that adds to the content what this offer does not use."""
        self._approve()
        content = self.offer._get_offer_content()
        with patch.object(
            self.registry["sale.order"],
            "_get_offer_content",
            lambda order: {**content, "incoterm": False, "place": "", "prices": []},
        ):
            self.offer.invalidate_recordset()
            self.assertEqual(self.offer.approval_state, "approved")

    def test_void_for_good(self):
        """Changing back is no approval: what lay between may have been sent."""
        self._approve()
        self.offer.order_line[0].discount = 30
        self._commit(self.offer)
        self.offer.order_line[0].discount = 20
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "voided")

    def test_undone_before_the_commit(self):
        self._approve()
        self.offer.order_line[0].discount = 30
        self.env.flush_all()
        self.offer.order_line[0].discount = 20
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "approved")
        self.assertNotIn("voided", self._events(self.offer))

    def test_changed_while_pending(self):
        """Nobody approves something else than what he was shown."""
        offer = self.offer.with_user(self.seller)
        offer.request_validation()
        offer.with_user(self.head).validate_tier()
        offer.order_line[0].discount = 50
        with self.assertRaisesRegex(UserError, "was changed since its approval"):
            offer.with_user(self.manager).validate_tier()
        self._commit(offer)
        self.assertEqual(self._events(offer), ["requested", "tier", "voided"])
        with self.assertRaisesRegex(UserError, "was changed since"):
            offer.with_user(self.manager).validate_tier()
        offer.request_validation()
        offer.with_user(self.head).validate_tier()
        self.assertEqual(offer.approval_state, "pending")

    def test_change_to_what_needs_no_approval(self):
        self._approve()
        self.offer.order_line[0].discount = 5
        self._commit(self.offer)
        self.assertEqual((self.offer.approval_state, self.offer.offer_state), ("none", "draft"))
        self.offer.action_quotation_sent()

    def test_sent_and_changed(self):
        self._approve()
        self.offer.action_quotation_sent()
        self.offer.order_line[0].discount = 30
        self._commit(self.offer)
        self.assertEqual(self.offer.offer_state, "to_approve")
        with self.assertRaisesRegex(UserError, "was changed since"):
            self.offer.action_quotation_send()

    def test_form_shows_it_while_typing(self):
        self._approve()
        with Form(self.offer) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 5
            self.assertEqual(form.approval_state, "voided")

    def test_harmless_change_passes_where_the_company_says_so(self):
        self.env.company.offer_approval_keep_harmless = True
        self._approve()
        self.offer.order_line[0].discount = 15
        self.offer.order_line[1].product_uom_qty = 0
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "approved")
        self.assertEqual(self._events(self.offer)[-1], "kept")
        # measured at the approval, not at the change before
        self.offer.order_line[0].discount = 20
        self._commit(self.offer)
        self.assertEqual(self.offer.approval_state, "approved")
        self.offer.action_quotation_sent()

    def test_worse_is_not_harmless(self):
        self.env.company.offer_approval_keep_harmless = True
        self._approve()
        term = self.env["account.payment.term"].create({"name": "Other"})
        for name, change in {
            "discount": lambda: self.offer.order_line[0].write({"discount": 21}),
            "amount": lambda: self.offer.order_line[0].write({"product_uom_qty": 50}),
            "margin": lambda: self.offer.order_line[0].write(
                {"purchase_price": 9, "name": "cheaper"}
            ),
            "payment term": lambda: self.offer.write({"payment_term_id": term.id}),
        }.items():
            with self.subTest(change=name), self.cr.savepoint() as savepoint:
                change()
                self._commit(self.offer)
                self.assertEqual(self.offer.approval_state, "voided")
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)
