"""Statements, pay-out, bonuses, penalties, guarantees, signatures."""

import base64
import csv
import io
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import FEBRUARY, JANUARY, MARCH
from .test_person_plans import YEAR, PersonPlanCommon


class StatementCommon(PersonPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.sudo().date_from = YEAR
        cls.plan.component_ids.sudo().event = "invoiced"
        values = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        cls.accountant = new_test_user(
            cls.env, "commission_accountant", groups="account.group_account_invoice", **values
        )
        cls.head = new_test_user(
            cls.env,
            "commission_boss",
            groups="sale_commission_split.commission_split_group_head",
            **values,
        )
        cls.payroll_clerk = new_test_user(
            cls.env,
            "commission_clerk",
            groups="sale_commission_split.commission_split_group_administrator",
            **values,
        )
        cls.company.write(
            {
                "commission_split_expense_account_id": cls.company_data[
                    "default_account_expense"
                ].id,
                "commission_split_payable_account_id": cls.env["account.account"]
                .create({"name": "Wages", "code": "231777", "account_type": "liability_current"})
                .id,
                "commission_split_has_penalties": True,
                "commission_split_reply_days": -1,
            }
        )
        cls.reasons = {
            name: cls.env["commission.split.reason"].create(
                {"name": name, "kind": name.lower(), "needs_evidence": False}
            )
            for name in ("Bonus", "Penalty", "Correction")
        }

    def statements(self, person=0):
        return self.env["commission.split.statement"].search(
            [("person_id", "=", self.persons[person].id), ("company_id", "=", self.company.id)],
            order="date_from",
        )

    def case(self, reason="Bonus", amount=100, person=0, day=JANUARY, **values):
        case = self.env["commission.split.case"].create(
            {
                "person_id": self.persons[person].id,
                "reason_id": self.reasons[reason].id,
                "amount": amount,
                "date": day,
                **values,
            }
        )
        case.action_report()
        case.with_user(self.payroll_clerk).action_confirm()
        return case

    def pay_out(self, statements, **values):
        wizard = (
            self.env["commission.split.payout"]
            .with_user(self.accountant)
            .with_context(active_ids=statements.ids)
            .create({"date": date(2026, 4, 10), **values})
        )
        action = wizard.action_pay_out()
        domain = action.get("domain") or [("id", "=", action["res_id"])]
        return self.env["account.move"].search(domain)


@tagged("post_install", "-at_install")
class TestStatements(StatementCommon):
    def test_67_below_zero_is_carried(self):
        self.case("Correction", -120)
        self.close(JANUARY)
        self.case("Correction", 300, day=FEBRUARY)
        self.close(FEBRUARY)
        january, february = self.statements()
        self.assertEqual((january.amount, january.carry_out), (0, -120))
        self.assertEqual((february.carry_in, february.amount, february.carry_out), (-120, 180, 0))

    def test_a_statement_is_what_its_rows_are(self):
        self.new_invoice(1000)
        self.new_invoice(500, day=FEBRUARY)
        self.close(JANUARY)
        statement = self.statements()
        self.assertEqual(statement.payable, 50)
        self.assertEqual(sum(statement.entry_ids.mapped("payable")), 50)
        self.close(FEBRUARY)
        self.assertEqual(self.statements().mapped("payable"), [50, 25])
        self.assertFalse(self.entries().filtered(lambda one: not one.statement_id))
        with self.assertRaisesRegex(UserError, "closed already"):
            statement.period_id.action_close()

    def test_life(self):
        self.new_invoice(1000)
        self.close(JANUARY)
        statement = self.statements()
        own = statement.with_user(self.sellers[0])
        with self.assertRaisesRegex(UserError, "whoever is paid"):
            statement.with_user(self.payroll_clerk).action_acknowledge()
        own.action_acknowledge()
        self.assertEqual(statement.state, "acknowledged")
        question = self.env["commission.split.question"].with_user(self.sellers[0])
        question.create({"statement_id": own.id, "text": "It lacks one."}).action_send()
        self.assertEqual((statement.state, statement.note), ("questioned", "It lacks one."))
        with self.assertRaises(UserError):
            own.action_approve()
        statement.with_user(self.payroll_clerk).action_approve()
        with self.assertRaisesRegex(UserError, "is approved"):
            own.action_acknowledge()
        with self.assertRaises(AccessError):
            own.write({"amount": 9})
        with self.assertRaises(AccessError):
            self.statements().with_user(self.sellers[1]).read(["amount"])

    def test_pay_out(self):
        """Bills for agents, one entry for the payroll; cancelled: they wait again (case 77)."""
        agent = self.env["res.partner"].create({"name": "Agent"})
        firm = self.env["res.partner"].create({"name": "Agent's Firm"})
        plan = self.person_plan("Agent", 10, who="customers")
        agreement = self.env["commission.split.agreement"].create(
            {
                "person_id": agent.id,
                "payee_id": firm.id,
                "plan_id": plan.id,
                "date_from": YEAR,
                "customer_ids": [Command.set(self.customer.ids)],
            }
        )
        agreement.action_activate()
        self.assertEqual(agreement.pay_out, "bill")
        self.new_invoice(1000)
        self.new_invoice(400, seller=1)
        self.close(JANUARY)
        statements = self.env["commission.split.statement"].search(
            [("company_id", "=", self.company.id)]
        )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.pay_out(statements)
        statements.with_user(self.payroll_clerk).action_approve()
        moves = self.pay_out(statements)
        bill = moves.filtered(lambda move: move.move_type == "in_invoice")
        entry = moves - bill
        self.assertEqual((bill.partner_id, bill.amount_total, bill.state), (firm, 140, "draft"))
        self.assertEqual(entry.move_type, "entry")
        payable = self.company.commission_split_payable_account_id
        self.assertEqual(
            sorted(
                entry.line_ids.filtered(lambda line: line.account_id == payable).mapped("credit")
            ),
            [20, 50],
        )
        self.assertEqual(set(statements.mapped("state")), {"posted"})
        self.assertEqual(sum(statements.mapped("amount")), 140 + 70)
        bill.action_post()
        bill.button_draft()
        bill.button_cancel()
        freed = statements.filtered(lambda one: one.state == "approved")
        self.assertEqual(freed.person_id, agent)
        again = self.pay_out(freed)
        self.assertEqual(again.amount_total, 140)
        entry.unlink()
        self.assertEqual(
            set(statements.mapped("state")), {"posted", "approved"}, "a deleted one waits too"
        )
        with self.assertRaises(UserError):
            self.env["commission.split.payout"].with_context(active_ids=freed.ids).create({})

    def test_78_a_locked_month(self):
        self.new_invoice(1000)
        self.close(JANUARY)
        self.statements().with_user(self.payroll_clerk).action_approve()
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        wizard = (
            self.env["commission.split.payout"]
            .with_user(self.accountant)
            .with_context(active_ids=self.statements().ids)
            .create({"date": date(2026, 2, 10)})
        )
        self.assertIn("is locked", wizard.warning)
        wizard.date = date(2026, 4, 10)
        self.assertFalse(wizard.warning)

    def test_payroll_file(self):
        self.sellers[0].partner_id.name = "=HYPERLINK(1)"
        self.new_invoice(1000)
        self.close(JANUARY)
        action = self.statements().with_user(self.accountant).sudo().action_export_payroll()
        number = int(action["url"].split("/")[-1].split("?")[0])
        text = base64.b64decode(self.env["ir.attachment"].browse(number).datas).decode("utf-8-sig")
        [row] = csv.DictReader(io.StringIO(text))
        self.assertEqual((row["Person"], row["To Pay"]), ("'=HYPERLINK(1)", "50.00"))

    def test_printed_statement(self):
        self.new_invoice(1000)
        self.case("Bonus", 70)
        self.close(JANUARY)
        report = self.env.ref("sale_commission_split.commission_split_statement_report")
        html = report._render_qweb_html(report.report_name, self.statements().ids)[0].decode()
        for text in ("Commission Statement", "One", "Customer", "Bonus", "120.00", "70.00"):
            self.assertIn(text, html)

    def test_72_a_statement_in_each_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        for company in (self.company, other):
            period = self.env["commission.split.period"].sudo()
            company.commission_split_start = YEAR
            period._ensure(company, date(2026, 2, 1))
            self.env["commission.split.engine"].sudo()._enter_cases(
                company, [(self.persons[0].id, 10, JANUARY, "opening", None, None)]
            )
            period.search(
                [("company_id", "=", company.id), ("date_from", "=", YEAR)]
            ).action_close()
        found = (
            self.env["commission.split.statement"]
            .sudo()
            .search([("person_id", "=", self.persons[0].id)])
        )
        self.assertEqual(found.company_id, self.company | other)

    def test_72_a_statement_in_each_currency(self):
        """Paid in the document's currency: nothing is converted or added up."""
        self.plan.sudo().pay_currency = "document"
        currency = self.foreign({"2025-01-01": 0.5, "2026-02-01": 0.4})
        self.new_invoice(1000)
        move = self.new_invoice(33.33, 66.67, currency_id=currency.id)
        self.share(self.deal_of(move), 1, 2)
        self.close(JANUARY)
        own, foreign = self.statements().sorted("amount", reverse=True)
        self.assertEqual((own.currency_id, own.amount), (self.company.currency_id, 50))
        self.assertEqual((foreign.currency_id, foreign.amount), (currency, 1.67))
        self.assertEqual(foreign.display_name, "2026-01, One, XTS")
        [credit, *_rest] = self.env["commission.split.credit"].search(
            [("source_id", "=", move.id)], order="source_line"
        )
        self.assertEqual((credit.currency_id, credit.basis), (currency, 33.33))
        today = currency._convert(1.67, own.currency_id, self.company, date(2026, 3, 1))
        self.assertAlmostEqual(own.period_id.earned, 50 + 12.5, delta=0.02)
        self.assertEqual(today, 4.18)  # that is 1.67 / 0.4: one of two who share
        # the same, posted again, adds nothing; at another rate all is given back
        move.button_draft()
        move.action_post()
        self.assertEqual(self.run_engine(), 0)
        self.refund(move, day=FEBRUARY)
        self.close(FEBRUARY)
        carried = self.statements().filtered(lambda one: one.currency_id == currency)[-1]
        self.assertEqual((carried.carry_out, carried.amount), (-1.67, 0))
        # it is paid in its own currency, by the day's rate
        (own | foreign).with_user(self.payroll_clerk).action_approve()
        entry = self.pay_out(own | foreign)
        payable = entry.line_ids.filtered("credit")
        self.assertEqual(
            sorted((line.currency_id.name, line.amount_currency) for line in payable),
            sorted([(own.currency_id.name, -50.0), ("XTS", -1.67)]),
        )
        self.assertEqual(sorted(payable.mapped("credit")), [4.18, 50])

    def test_document_currency_knows_percentages_only(self):
        plan = self.person_plan("Abroad", 5)
        draft = self.env["commission.split.plan"].browse(plan.action_new_version()["res_id"])
        draft.pay_currency = "document"
        for values in ({"basis": "margin"}, {"pays": "unit"}, {"window_kind": "month"}):
            with self.subTest(values), self.env.cr.savepoint() as point:
                draft.component_ids.write(values)
                with self.assertRaisesRegex(UserError, "document's currency"):
                    draft.action_approve()
                point.rollback()

    def test_offer_in_another_currency(self):
        self.plan.sudo().pay_currency = "document"
        currency = self.foreign({"2025-01-01": 0.5})
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.sellers[0].id,
                "pricelist_id": pricelist.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "price_unit": 200,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        preview = self.env["commission.split.preview"].create({"order_id": order.id})
        self.assertEqual(preview.line_ids.currency_id, currency)
        self.assertEqual((preview.line_ids.earned, preview.earned), (10, 20))


@tagged("post_install", "-at_install")
class TestCasesOfPeople(StatementCommon):
    def test_65_cap_of_penalties(self):
        """Base 60,000, gross 40,000, cap 20 %, penalties 25,000: 20,000."""
        self.agree(self.person_plan("Base", 1, who="customers"), base_pay=60000)
        self.case("Bonus", 40000)
        self.case("Penalty", 25000)
        self.close(JANUARY)
        self.assertEqual(self.statements().amount, 20000)
        cap = self.entries().filtered(lambda one: one.cause == "cap")
        self.assertEqual(cap.payable, 5000)

    def test_66_forfeited_to_the_others(self):
        other = self.env["res.partner"].create({"name": "Fourth"})
        move = self.new_invoice(8000)
        deal = self.deal_of(move)
        sharing = self.share(deal, 1, 1, 1)
        draft = self.env["commission.split.sharing"].browse(deal.action_split()["res_id"])
        draft.write(
            {
                "reason": "Four",
                "participant_ids": [
                    Command.create({"person_id": other.id, "role_id": self.roles["closer"].id})
                ],
            }
        )
        draft.action_put_in_force()
        self.assertEqual(sharing.state, "superseded")
        self.reasons["Penalty"].goes_to = "others"
        case = self.env["commission.split.case"].create(
            {
                "person_id": other.id,
                "reason_id": self.reasons["Penalty"].id,
                "deal_id": deal.id,
                "amount": 100,
                "date": JANUARY,
            }
        )
        case.action_report()
        case.with_user(self.payroll_clerk).action_confirm()
        amounts = {one.person_id: one.payable for one in case.entry_ids}
        self.assertEqual(
            [amounts[person] for person in (*self.persons, other)], [33.34, 33.33, 33.33, -100]
        )
        # who gets a part sees why, and not whose fault it was
        mine = self.env["commission.split.entry"].with_user(self.sellers[0]).search([])
        mine.invalidate_recordset()
        names = mine.mapped("display_name")
        self.assertIn("Penalty", names)
        part = mine.filtered(lambda one: one.case_id)
        self.assertNotIn("Fourth", str(part.trace) + str(names))
        self.close(JANUARY)
        statement = self.statements().with_user(self.sellers[0])
        statement.invalidate_recordset()
        self.assertIn("Penalty", statement._get_groups())

    def guaranteed(self, is_recoverable):
        self.agree(
            self.person_plan("Draw", 1, who="customers"),
            guarantee=10000,
            is_recoverable=is_recoverable,
        )
        for amount, day in ((4000, JANUARY), (15000, FEBRUARY), (15000, MARCH)):
            self.case("Bonus", amount, day=day)
            self.close(day)
        return self.statements().mapped("amount")

    def test_68_recoverable_draw(self):
        self.assertEqual(self.guaranteed(True), [10000, 10000, 14000])

    def test_68_a_second_agreement_takes_no_guarantee(self):
        self.agree(self.person_plan("Extra", 1, who="customers"), date_from=date(2026, 1, 10))
        self.assertEqual(self.guaranteed(True), [10000, 10000, 14000])
        self.assertEqual(self.statements()[0].base_pay, 0)

    def test_69_guarantee(self):
        self.assertEqual(self.guaranteed(False), [10000, 15000, 15000])

    def test_who_decides(self):
        own = (
            self.env["commission.split.case"]
            .with_user(self.payroll_clerk)
            .create(
                {
                    "person_id": self.persons[0].id,
                    "reason_id": self.reasons["Penalty"].id,
                    "amount": 10,
                }
            )
        )
        own.action_report()
        with self.assertRaisesRegex(UserError, "neither reported it nor is concerned"):
            own.action_confirm()
        with self.assertRaises(UserError):
            own.write({"state": "confirmed"})
        with self.assertRaisesRegex(UserError, "was reported"):
            own.write({"amount": 1})
        own.with_user(self.sellers[0]).write({"explanation": "The train was late."})
        with self.assertRaises(UserError):
            own.with_user(self.sellers[0]).action_waive()
        own.sudo(False).with_user(self.env.user).action_waive()
        self.assertEqual((own.state, own.entry_ids.ids), ("waived", []))

    def test_penalties_are_off_unless_wanted(self):
        self.company.commission_split_has_penalties = False
        case = self.env["commission.split.case"].create(
            {"person_id": self.persons[0].id, "reason_id": self.reasons["Penalty"].id, "amount": 1}
        )
        with self.assertRaisesRegex(UserError, "has no penalties"):
            case.action_report()

    def test_time_to_explain(self):
        self.company.commission_split_reply_days = 5
        case = self.env["commission.split.case"].create(
            {"person_id": self.persons[0].id, "reason_id": self.reasons["Penalty"].id, "amount": 1}
        )
        case.action_report()
        with self.assertRaisesRegex(UserError, "may explain it until"):
            case.with_user(self.payroll_clerk).action_confirm()
        case.with_user(self.sellers[0]).explanation = "Yes."
        case.with_user(self.payroll_clerk).action_confirm()
        self.assertEqual(case.entry_ids.payable, -1)

    def test_signing(self):
        """A signature holds while the content is what was signed."""
        agreement = self.agree(self.person_plan("Sign", 5))
        self.company.commission_split_hold_unsigned = True
        self.new_invoice(1000)
        self.close(JANUARY)
        self.assertFalse(self.statements())
        with self.assertRaisesRegex(UserError, "signs this agreement himself"):
            agreement.action_sign()
        own = agreement.with_user(self.sellers[0])
        self.assertIn("Sign", own.content)
        own.action_sign()
        self.assertTrue(agreement.is_signed)
        self.close(FEBRUARY)
        self.assertEqual(self.statements().payable, 100)
        draft = self.env["commission.split.plan"].browse(
            agreement.plan_id.action_new_version()["res_id"]
        )
        draft.date_from = date(2026, 3, 1)
        draft.action_approve()
        agreement.invalidate_recordset()
        self.assertFalse(agreement.is_signed, "a new version is to be signed anew")

    def test_signing_holds_nobody_who_cannot_sign(self):
        """An agent has no login; what ended is not signed anew for a later version."""
        self.company.commission_split_hold_unsigned = True
        plan = self.person_plan("Sign", 5, who="customers")
        ended = self.agree(plan, date_to=date(2026, 1, 31))
        ended.with_user(self.sellers[0]).action_sign()
        draft = self.env["commission.split.plan"].browse(plan.action_new_version()["res_id"])
        draft.date_from = date(2026, 2, 1)
        draft.action_approve()
        ended.invalidate_recordset()
        self.assertTrue(ended.is_signed)
        agent = self.env["res.partner"].create({"name": "Agent"})
        agreement = ended.copy({"person_id": agent.id, "customer_ids": self.customer.ids})
        agreement.action_activate()
        self.new_invoice(1000)
        self.close(JANUARY)
        statements = self.env["commission.split.statement"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(statements.person_id, self.persons[0] | agent)

    def test_nobody_puts_his_own_agreement_in_force(self):
        agreement = self.env["commission.split.agreement"].create(
            {
                "person_id": self.payroll_clerk.partner_id.id,
                "plan_id": self.person_plan("Own", 5).id,
                "date_from": YEAR,
            }
        )
        with self.assertRaisesRegex(UserError, "Somebody else"):
            agreement.with_user(self.payroll_clerk).action_activate()
