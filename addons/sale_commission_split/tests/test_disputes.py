"""Claims and disputes: who proposes, who accepts, who decides, what is held."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import FEBRUARY, JANUARY, CommissionCommon


class DisputeCommon(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.head, cls.arbiter = (
            new_test_user(
                cls.env,
                f"commission_{name}",
                groups="sales_team.group_sale_salesman,"
                "sale_commission_split.commission_split_group_head",
                name=name.title(),
                **values,
            )
            for name in ("leader", "arbiter")
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Led", "user_id": cls.head.id, "company_id": cls.company.id}
        )

    def approve_policy(self, **values):
        policy = self.env["commission.split.policy"].create(
            {
                "name": "Rule",
                "date_from": date(2026, 1, 1),
                "arbiter_id": self.arbiter.id,
                "claim_days": 0,
                **values,
            }
        )
        policy.action_approve()
        return policy

    def sold(self, amount=60000, seller=1):
        """The users' case: an order of 60,000 at 5 %, paid to the closer in January."""
        order = self.new_order(amount, seller=seller)
        order.team_id = self.team
        deal = self.env["commission.split.deal"].search([("order_id", "=", order.id)])
        deal.sudo().team_id = self.team
        move = self.invoice_orders(order)
        self.pay(move)
        self.run_engine()
        return deal

    def claim(self, deal, person=0, role="first_contact", **values):
        claim = (
            self.env["commission.split.claim"]
            .with_user(self.sellers[person])
            .create(
                {
                    "company_id": self.company.id,
                    "reference": deal.name,
                    "role_id": self.roles[role].id,
                    "claim": "I met the buyer.",
                    **values,
                }
            )
        )
        return self.env["commission.split.dispute"].browse(claim.action_claim()["res_id"])

    def propose(self, dispute, person, *weights):
        wizard = (
            self.env["commission.split.propose"]
            .with_user(self.sellers[person])
            .create({"dispute_id": dispute.id, "reason": "As agreed."})
        )
        for line in wizard.line_ids:
            line.weight = weights[self.persons.index(line.person_id)]
        wizard.action_propose()
        return dispute.proposal_ids.sorted("id")[-1]

    def by_month(self):
        """What each of two has been booked in January and after it."""
        self.run_engine()
        january = self.env["commission.split.period"].search(
            [("company_id", "=", self.company.id), ("date_from", "=", date(2026, 1, 1))]
        )
        inside = self.sums(period_id=january)[:2]
        return inside, [round(a - b, 2) for a, b in zip(self.sums()[:2], inside, strict=True)]


@tagged("post_install", "-at_install")
class TestDisputes(DisputeCommon):
    def test_59_they_agree(self):
        self.approve_policy(method="agree")
        deal = self.sold()
        self.close(JANUARY)
        dispute = self.claim(deal)
        self.assertTrue(deal.is_held)
        proposal = self.propose(dispute, 0, 40, 60)
        self.assertEqual(dispute.state, "open")
        proposal.with_user(self.sellers[1]).action_accept()
        self.assertEqual((dispute.state, deal.is_held), ("agreed", False))
        self.assertEqual(self.by_month(), ([0, 3000], [1200, -1200]))

    def test_59_equal_parts_after_the_deadline(self):
        self.approve_policy(fallback="equal", reply_days=7)
        deal = self.sold()
        self.close(JANUARY)
        dispute = self.claim(deal)
        self.run_deadlines()
        self.assertEqual(dispute.state, "open", "the deadline has not passed")
        self.pass_deadline(dispute)
        self.assertEqual(dispute.state, "decided")
        self.assertEqual(self.by_month(), ([0, 3000], [1500, -1500]))

    def test_59_weights_of_the_roles(self):
        self.approve_policy(fallback="weights")
        self.roles["first_contact"].weight, self.roles["closer"].weight = 30, 70
        deal = self.sold()
        self.close(JANUARY)
        self.pass_deadline(self.claim(deal))
        self.assertEqual(self.by_month(), ([0, 3000], [900, -900]))

    def run_deadlines(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=100):
            self.env["commission.split.dispute"].sudo()._cron_deadlines()

    def pass_deadline(self, dispute):
        dispute.sudo().deadline = date(2020, 1, 1)
        self.run_deadlines()

    def test_63_a_dispute_leaves_the_time_before_a_hand_over(self):
        deal = self.sold()
        self.share(deal, 1, date_from=FEBRUARY, reason="Handed over")
        dispute = self.claim(deal, person=2)
        proposal = self.propose(dispute, 2, 50, 0, 50)
        proposal.with_user(self.sellers[0]).action_accept()
        self.assertEqual(dispute.state, "agreed")
        self.assertEqual(self.sums()[:2], [0, 3000], "what was sold before stays his")
        self.assertEqual(
            deal.sharing_ids.filtered(lambda one: one.state == "in_force").mapped("date_from"),
            [False, FEBRUARY],
        )

    def test_another_claim_still_holds_the_pot(self):
        deal, other = self.sold(), self.sold(1000)
        first, _second = self.claim(deal), self.claim(deal, person=2)
        first.sudo().deal_id = other
        self.assertTrue(deal.is_held and other.is_held)

    def test_what_was_proposed_is_no_draft(self):
        """After a dispute the head begins with the shares in force, and with the same rule."""
        policy = self.approve_policy(fallback="equal")
        deal = self.sold()
        self.assertEqual(deal.sharing_id.policy_id, policy)
        dispute = self.claim(deal)
        proposal = self.propose(dispute, 0, 90, 10)
        dispute.with_user(self.sellers[0]).action_withdraw()
        self.assertEqual(proposal.state, "superseded")
        action = deal.with_user(self.head).action_split()
        draft = self.env["commission.split.sharing"].browse(action["res_id"])
        self.assertEqual(draft.participant_ids.person_id, self.persons[1])
        draft.reason = "As it was"
        draft.with_user(self.head).action_put_in_force()
        self.assertEqual((deal.sharing_id, deal.sharing_id.policy_id), (draft, policy))

    def test_a_head_does_not_change_what_others_lead(self):
        deal = self.sold()
        self.share(deal, 1, 1)
        boss = new_test_user(
            self.env,
            "commission_other_head",
            groups="sales_team.group_sale_salesman,"
            "sale_commission_split.commission_split_group_head",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        draft = self.env["commission.split.sharing"].browse(deal.action_split()["res_id"])
        draft.write(
            {
                "reason": "All mine",
                "participant_ids": [
                    Command.create(
                        {"person_id": boss.partner_id.id, "role_id": self.roles["closer"].id}
                    )
                ],
            }
        )
        draft.action_put_in_force()
        action = deal.with_user(boss).action_split()
        own = self.env["commission.split.sharing"].with_user(boss).browse(action["res_id"])
        own.reason = "More for me"
        with self.assertRaisesRegex(UserError, "are changed by Leader"):
            own.action_put_in_force()
        self.assertEqual(
            (deal.with_user(boss).is_led, deal.with_user(self.head).is_led), (False, True)
        )

    def test_the_arbiter_is_not_passed_over(self):
        self.approve_policy()
        dispute = self.claim(self.sold())
        own = dispute.with_user(self.sellers[0])
        own.action_escalate()
        arbiter = dispute.sudo().arbiter_id
        with self.assertRaisesRegex(UserError, f"is with {arbiter.name}"):
            own.action_escalate()
        self.assertFalse(dispute.with_user(self.sellers[1]).is_claimant)

    def test_lists_open_though_a_figure_is_not_for_the_reader(self):
        """An arbiter, or a head of another team, sees disputes about figures he may not read."""
        self.approve_policy()
        deal = self.sold()
        entry = deal.entry_ids.filtered("payable")[:1].with_user(self.sellers[1])
        dispute = entry.env["commission.split.dispute"]._open_about(entry, "It was more.")
        dispute.sudo().arbiter_id = self.arbiter
        found = self.env["commission.split.dispute"].with_user(self.arbiter).search([])
        found.invalidate_recordset()
        self.assertEqual(found.read(["name"])[0]["id"], dispute.id)

    def test_60_another_proposal_is_not_accepted(self):
        deal = self.sold()
        dispute = self.claim(deal)
        proposal = self.propose(dispute, 0, 40, 60)
        proposal.sudo().participant_ids[0].weight = 10
        proposal.invalidate_recordset()
        self.assertFalse(proposal.accepted_by_ids)
        proposal.with_user(self.sellers[1]).action_accept()
        self.assertEqual((dispute.state, proposal.accepted_by_ids), ("open", self.persons[1]))

    def test_61_the_next_arbiter(self):
        """The leader takes part: the policy's arbiter; he is late: an administrator."""
        self.approve_policy()
        deal = self.sold()
        deal.sudo().team_id.user_id = self.sellers[1]
        dispute = self.claim(deal)
        self.assertEqual(dispute.sudo().arbiter_id, self.arbiter)
        self.pass_deadline(dispute)
        self.assertEqual(
            (dispute.state, dispute.sudo().arbiter_id.id), ("arbitration", self.arbiter.id)
        )
        self.pass_deadline(dispute)
        self.assertNotIn(dispute.sudo().arbiter_id, (self.arbiter, self.sellers[1]))
        self.assertTrue(dispute.sudo().arbiter_id)

    def test_62_only_its_pot_waits(self):
        deal = self.sold()
        other = self.new_invoice(1000, seller=1)
        self.pay(other)
        dispute = self.claim(deal)
        self.close(JANUARY)
        statement = self.env["commission.split.statement"].search(
            [("person_id", "=", self.persons[1].id)]
        )
        self.assertEqual(statement.payable, 50)
        dispute.with_user(self.sellers[0]).action_withdraw()
        self.close(FEBRUARY)
        later = self.env["commission.split.statement"].search(
            [("person_id", "=", self.persons[1].id), ("id", "!=", statement.id)]
        )
        self.assertEqual(later.payable, 3000)

    def test_the_head_decides(self):
        self.approve_policy()
        deal = self.sold()
        dispute = self.claim(deal)
        wizard = self.env["commission.split.propose"].with_user(self.head)
        decision = wizard.create({"dispute_id": dispute.id})
        for line in decision.line_ids:
            line.weight = 50
        with self.assertRaisesRegex(UserError, "Say why"):
            decision.action_decide()
        decision.reason = "Both did half of it."
        decision.action_decide()
        self.assertEqual((dispute.state, dispute.sudo().decided_by_id), ("decided", self.head))
        self.assertEqual(self.sums()[:2], [1500, 1500])
        with self.assertRaisesRegex(UserError, "settled"):
            decision.action_decide()

    def test_a_party_never_decides(self):
        deal = self.sold()
        dispute = self.claim(deal)
        for person in (0, 1, 2):
            wizard = self.env["commission.split.propose"].with_user(self.sellers[person])
            decision = wizard.sudo().create({"dispute_id": dispute.id, "reason": "Mine."})
            words = "is decided by" if person < 2 else "Commission|Dispute"  # a stranger
            with self.assertRaisesRegex(UserError, words):
                decision.with_user(self.sellers[person]).sudo(False).action_decide()

    def test_a_claim_tells_nothing(self):
        """Whoever claims learns neither whether the document exists nor what it pays."""
        deal = self.sold()
        found = self.claim(deal).with_user(self.sellers[0])
        missing = self.claim(deal, reference="S99999").with_user(self.sellers[0])
        self.assertEqual(found.state, missing.state)
        self.assertFalse(missing.sudo().deal_id)
        stranger = self.claim(deal, person=2).with_user(self.sellers[2])
        self.assertTrue(stranger.name)
        for seller in (self.sellers[0], self.sellers[2]):
            for model in ("deal", "entry"):
                records = self.env[f"commission.split.{model}"].with_user(seller)
                self.assertFalse(records.search([("company_id", "=", self.company.id)]))
        missing.with_user(self.head).sudo().write({"deal_id": deal.id})
        self.assertTrue(missing.sudo().deal_id)

    def test_a_late_claim_is_marked(self):
        self.approve_policy(claim_days=30)
        deal = self.sold()
        deal.sudo().date = date(2026, 1, 1)
        self.assertTrue(self.claim(deal).is_late)

    def test_a_question_holds_one_figure(self):
        deal = self.sold()
        other = self.new_invoice(1000, seller=1)
        self.pay(other)
        self.run_engine()
        entry = deal.entry_ids.filtered("payable")[:1].with_user(self.sellers[1])
        question = self.env["commission.split.question"].with_user(self.sellers[1])
        action = question.create({"entry_id": entry.id, "text": "It was 70,000."}).action_send()
        dispute = self.env["commission.split.dispute"].browse(action["res_id"])
        self.assertEqual((dispute.kind, dispute.state), ("figure", "arbitration"))
        self.close(JANUARY)
        statement = self.env["commission.split.statement"].search(
            [("person_id", "=", self.persons[1].id)]
        )
        self.assertNotIn(entry, statement.entry_ids)
        with self.assertRaises(AccessError):
            self.env["commission.split.dispute"]._open_about(
                entry.with_user(self.sellers[0]), "Not mine."
            ).with_user(self.sellers[0])

    def test_nobody_puts_his_own_proposal_in_force(self):
        """A party and a head go through the dispute; strangers read nothing of it."""
        self.approve_policy()
        deal = self.sold()
        dispute = self.claim(deal)
        proposal = self.propose(dispute, 0, 90, 10)
        with self.assertRaises(AccessError):
            proposal.with_user(self.sellers[0]).action_put_in_force()
        with self.assertRaisesRegex(UserError, "are disputed"):
            proposal.with_user(self.head).action_put_in_force()
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.propose(dispute, 2, 1, 1, 1)
        self.assertEqual(proposal.state, "draft")

    def test_words_over_rpc(self):
        dispute = self.claim(self.sold())
        with self.assertRaises(AccessError):
            dispute.with_user(self.head).write({"state": "decided"})
        with self.assertRaisesRegex(UserError, "withdrawn by"):
            dispute.with_user(self.sellers[1]).action_withdraw()
