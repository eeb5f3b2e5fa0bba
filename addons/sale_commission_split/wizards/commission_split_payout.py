import csv
import io
from base64 import b64encode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_repr
from odoo.tools.misc import format_date

from odoo.addons.sale_audit_trail.locking import lock_rows


class CommissionSplitPayout(models.TransientModel):
    """Pay approved statements: a bill for each agent, one entry for those on the payroll (S6)."""

    _name = "commission.split.payout"
    _description = "Pay Out Commission"

    company_id = fields.Many2one("res.company", required=True)
    statement_ids = fields.Many2many("commission.split.statement", string="Statements")
    date = fields.Date(required=True, default=lambda self: self.env.company._get_today())
    bill_count = fields.Integer(string="Bills", compute="_compute_counts")
    payroll_count = fields.Integer(string="On the Payroll", compute="_compute_counts")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(string="In All", compute="_compute_counts")
    warning = fields.Text(compute="_compute_warning")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        statements = self.env["commission.split.statement"].browse(
            self.env.context.get("active_ids", [])
        )
        statements = statements.filtered(lambda one: one.state == "approved" and not one.move_id)
        if not statements:
            raise UserError(
                self.env._("Choose statements that are approved and not paid out yet.")
            )
        if len(statements.company_id) > 1:
            raise UserError(self.env._("Pay out one company at a time."))
        return {
            **values,
            "statement_ids": [Command.set(statements.ids)],
            "company_id": statements.company_id.id,
        }

    @api.depends("statement_ids", "date")
    def _compute_counts(self):
        for payout in self:
            kinds = payout._get_paid().mapped("pay_out")
            payout.bill_count = kinds.count("bill")
            payout.payroll_count = kinds.count("payroll")
            payout.amount = sum(
                one.currency_id._convert(
                    one.amount, payout.currency_id, payout.company_id, payout.date
                )
                for one in payout.statement_ids
            )

    def _get_paid(self):
        """Return the statements on which something is to be paid."""
        return self.statement_ids.filtered(lambda one: one.amount > 0)

    @api.depends("date", "company_id")
    def _compute_warning(self):
        """Say beforehand where core will move the date past a locked month."""
        for payout in self:
            journal = payout.company_id.commission_split_journal_id
            locks = payout.date and payout.company_id._get_violated_lock_dates(
                payout.date, False, journal
            )
            payout.warning = bool(locks) and self.env._(
                "%(day)s is locked until %(lock)s: the accounting date will lie after it.",
                day=format_date(self.env, payout.date),
                lock=format_date(self.env, max(lock[0] for lock in locks)),
            )

    def action_pay_out(self):
        """Make the bills and the entry, as drafts, and link the statements to them."""
        self.ensure_one()
        self.env["commission.split.statement"].check_access("read")
        statements = self.statement_ids
        statements._check_state("approved")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise UserError(self.env._("An accountant pays commission out."))
        statements.sudo()._lock_for_pay_out()
        moves = self.env["account.move"]
        paid = self._get_paid()
        for (payee, currency), some in (
            paid.filtered(lambda one: one.pay_out == "bill")
            .grouped(lambda one: (one.payee_id, one.currency_id))
            .items()
        ):
            moves |= self._make_bill(payee, currency, some)
        if payroll := paid.filtered(lambda one: one.pay_out == "payroll"):
            moves |= self._make_entry(payroll)
        (statements - paid).sudo().state = "posted"  # nothing to pay: it is carried on
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay-Out"),
            "res_model": "account.move",
            **(
                {"views": [(False, "form")], "res_id": moves.id}
                if len(moves) == 1
                else {
                    "views": [(False, "list"), (False, "form")],
                    "domain": [("id", "in", moves.ids)],
                }
            ),
        }

    def _link(self, statements, move):
        statements.sudo().write({"state": "posted", "move_id": move.id})
        return move

    def _make_bill(self, payee, currency, statements):
        product = self.company_id.commission_split_product_id
        if not product and not self.company_id.commission_split_expense_account_id:
            raise UserError(
                self.env._(
                    "Choose the product or the expense account of commission bills in the"
                    " settings of commission."
                )
            )
        account = self.company_id.commission_split_expense_account_id
        bill = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "in_invoice",
                    "partner_id": payee.id,
                    "company_id": self.company_id.id,
                    "currency_id": currency.id,
                    "invoice_date": self.date,
                    "date": self.date,
                    "ref": ", ".join(statements.mapped("display_name")),
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "name": self._get_line_name(statement),
                                "quantity": 1,
                                "price_unit": statement.amount,
                                **({} if product else {"account_id": account.id}),
                                **({} if product else {"tax_ids": [Command.clear()]}),
                            }
                        )
                        for statement in statements
                    ],
                }
            )
        )
        return self._link(statements, bill)

    def _get_line_name(self, statement):
        return self.env._(
            "Commission %(period)s, %(person)s",
            period=statement.period_id.name,
            person=statement.person_id.name,
        )

    def _make_entry(self, statements):
        company = self.company_id
        expense = company.commission_split_expense_account_id
        payable = company.commission_split_payable_account_id
        journal = company.commission_split_journal_id or self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
        )
        if not (expense and payable and journal):
            raise UserError(
                self.env._(
                    "Choose the accounts and the journal of wages in the settings of commission."
                )
            )
        lines = []
        for statement in statements:
            name = self._get_line_name(statement)
            for account, amount in ((expense, statement.amount), (payable, -statement.amount)):
                lines.append(
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": statement.person_id.id,
                            "name": name,
                            "currency_id": statement.currency_id.id,
                            "amount_currency": amount,
                        }
                    )
                )
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": self.date,
                    "ref": ", ".join(sorted(set(statements.period_id.mapped("name")))),
                    "line_ids": lines,
                }
            )
        )
        return self._link(statements, entry)


class CommissionSplitStatement(models.Model):
    _inherit = "commission.split.statement"

    def _lock_for_pay_out(self):
        """Let one of two people who press at once pay; the other is tried again and refused."""
        lock_rows(self)

    def action_pay_out(self):
        """Open the dialog that pays the statements out."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay Out"),
            "res_model": "commission.split.payout",
            "view_mode": "form",
            "target": "new",
            "context": {"active_ids": self.ids},
        }

    def action_export_payroll(self):
        """Download a CSV for the payroll: a row for each statement of the payroll."""
        self.check_access("read")
        rows = self.filtered(lambda one: one.pay_out == "payroll")
        if not rows:
            raise UserError(self.env._("None of these statements is paid with the wages."))
        file = io.StringIO()
        writer = csv.writer(file)
        columns = self._get_payroll_columns()
        writer.writerow(columns)
        for statement in rows:
            writer.writerow([self._get_cell(read(statement)) for read in columns.values()])
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"commission-{rows[0].period_id.name}.csv",
                "datas": b64encode(file.getvalue().encode("utf-8-sig")),
                "mimetype": "text/csv",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=1",
            "target": "self",
        }

    @api.model
    def _get_cell(self, text):
        """Return a text that no spreadsheet takes for a formula."""
        return f"'{text}" if text[:1] in ("=", "+", "@") else text

    @api.model
    def _get_payroll_columns(self):
        """Return ``{heading: what stands in it}``; a bridge adds columns here."""

        def money(name):
            return lambda one: float_repr(one[name], one.currency_id.decimal_places)

        return {
            self.env._("Person"): lambda one: one.person_id.name,
            self.env._("Reference"): lambda one: one.person_id.ref or "",
            self.env._("Period"): lambda one: one.period_id.name,
            self.env._("Base Pay"): money("base_pay"),
            self.env._("Carried Over"): money("carry_in"),
            self.env._("Commission"): money("payable"),
            self.env._("To Pay"): money("amount"),
            self.env._("Currency"): lambda one: one.currency_id.name,
        }
