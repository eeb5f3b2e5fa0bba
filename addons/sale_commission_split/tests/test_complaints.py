"""What users of other systems complain about in public: which test shows that it cannot happen.

The numbers are those of github.com/OCA/commission, those with E of github.com/frappe/erpnext.
"""

from operator import attrgetter

from odoo.tests import tagged

from . import (
    test_cases,
    test_control,
    test_hooks,
    test_money,
    test_person_plans,
    test_roles,
    test_statements,
    test_trace,
)
from .common import FEBRUARY, CommissionCommon

SHOWN = {
    "#596 10 % by the number of agents": (test_cases, "TestCases.test_01_thirds"),
    "#26 #30 several commissions": (
        test_person_plans,
        "TestPersonPlans.test_13_the_whole_for_each",
    ),
    "#158 #329 #427 #581 #643 by the day of payment": (
        test_cases,
        "TestCases.test_16_part_payments_over_months",
    ),
    "#104 #480 part payments": (test_cases, "TestCases.test_15_thirds_of_a_payment"),
    "#486 un-reconciled": (test_cases, "TestCases.test_17_un_reconciled_after_closing"),
    "#55 #538 #555 refunds with the wrong sign": (test_cases, "TestCases.test_33_full_refund"),
    "#463 #503 #607 #650 reversed originals": (test_cases, "TestCases.test_37_a_note_settles_too"),
    "#308 #310 cancelling is blocked": (test_cases, "TestCases.test_28_deleted_after_reset"),
    "#416 #444 #576 stuck as invoiced": (test_statements, "TestStatements.test_pay_out"),
    "#77 #552 history is computed anew": (
        test_cases,
        "TestCases.test_58_what_was_credited_does_not_move",
    ),
    "#500 tiers by the line": (test_person_plans, "TestPersonPlans.test_52_size_of_the_deal"),
    "#240 #306 #446 currencies": (
        test_money,
        "TestMoney.test_23_exchange_difference_is_no_commission",
    ),
    "#73 #196 companies": (test_statements, "TestStatements.test_72_a_statement_in_each_company"),
    "#87 #145 #430 #625 an empty settlement": (test_trace, "TestTrace.test_why_nothing"),
    "#88 preview": (test_control, "TestControl.test_this_offer"),
    "#228 a bonus without an invoice": (
        test_statements,
        "TestStatements.test_67_below_zero_is_carried",
    ),
    "#385 #386 down payments": (test_money, "TestMoney.test_30_advances"),
    "#45 #584 #659 roles and the portal": (
        test_roles,
        "TestRoles.test_nothing_of_others_over_rpc",
    ),
    "#684 agents not assigned": (test_hooks, "TestHooks.test_confirmation_freezes_who_took_part"),
    "#245 employees": (test_statements, "TestStatements.test_payroll_file"),
    "#278 another payee": (test_statements, "TestStatements.test_pay_out"),
    "E38868 duplicate rows break 100 %": (
        test_cases,
        "TestCases.test_04_weights_that_are_no_hundred",
    ),
    "E33283 by payment": (test_cases, "TestCases.test_16_part_payments_over_months"),
    "E53678 tiers and payroll": (
        test_person_plans,
        "TestPersonPlans.test_44_steps_in_either_order",
    ),
    "guarantee": (test_statements, "TestCasesOfPeople.test_68_recoverable_draw"),
}


@tagged("post_install", "-at_install")
class TestComplaints(CommissionCommon):
    def test_each_has_its_test(self):
        for complaint, (module, path) in SHOWN.items():
            with self.subTest(complaint=complaint):
                self.assertTrue(callable(attrgetter(path)(module)))

    def test_486_the_second_agent_of_a_part_payment(self):
        """Part payments release everybody's share, each time."""
        move = self.new_invoice(2000)
        self.share(self.deal_of(move), 60, 40)
        self.pay(move, 500)
        self.assertEqual(self.sums("payable")[:2], [15, 10])
        self.pay(move, 1500, day=FEBRUARY)
        self.assertEqual(self.sums("payable")[:2], [60, 40])

    def test_195_two_at_once(self):
        """Two documents of two people in one run."""
        self.new_invoice(100)
        self.new_invoice(200, seller=1)
        self.assertEqual(self.sums()[:2], [5, 10])

    def test_367_553_queries_do_not_grow(self):
        """The engine asks as often for thirty documents as for three."""
        counts = []
        for number in (1, 3, 30):  # the first one fills caches
            for _number in range(number):
                self.new_invoice(100)
            self.env.cr.flush()
            taken = self.env["commission.split.todo"].sudo()._take()
            self.assertEqual(len(taken), number)
            before = self.env.cr.sql_log_count
            self.env["commission.split.todo"].sudo()._follow(taken)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
