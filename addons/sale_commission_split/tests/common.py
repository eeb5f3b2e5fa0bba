from datetime import date

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

JANUARY, FEBRUARY, MARCH = date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)


class CommissionCommon(AccountTestInvoicingCommon):
    """A company whose deals pay 5 %, shared by the salesperson and others when a test says so."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.env.ref("sale_commission_split.commission_split_group_administrator")
            | cls.env.ref("sales_team.group_sale_manager")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env["base"].with_context(tracking_disable=True).env
        cls.company = cls.env.company
        cls.company.commission_split_start = date(2026, 1, 1)
        cls.sellers = [
            new_test_user(
                cls.env,
                f"commission_{name}",
                groups="base.group_user,sales_team.group_sale_salesman",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                name=name.title(),
            )
            for name in ("one", "two", "three")
        ]
        cls.persons = [user.partner_id for user in cls.sellers]
        cls.roles = {role.code: role for role in cls.env["commission.split.role"].search([])}
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "is_company": True})
        cls.goods = cls.env["product.product"].create(
            {"name": "Goods", "list_price": 100, "taxes_id": [Command.clear()]}
        )
        cls.plan = cls.approve_plan(5)

    @classmethod
    def approve_plan(cls, *percents, event="paid", **values):
        """Put a plan in force with a pot for each rate; a rate is a number or a dict."""
        plan = cls.env["commission.split.plan"].create(
            {
                "name": "Percentage of sales",
                "date_from": date(2026, 1, 1),
                "component_ids": [
                    Command.create(
                        {
                            "name": "Sales",
                            "event": event,
                            "rate_ids": [
                                Command.create(
                                    rate if isinstance(rate, dict) else {"percent": rate}
                                )
                                for rate in percents
                            ],
                        }
                    )
                ],
                **values,
            }
        )
        plan.action_approve()
        return plan

    # === DOCUMENTS === #

    def new_invoice(self, *lines, seller=0, day=JANUARY, post=True, **values):
        """Make an invoice without an order; a line is an amount or a dict."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": day,
                "date": day,
                "invoice_user_id": self.sellers[seller].id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "quantity": 1,
                            "tax_ids": [Command.clear()],
                            **(line if isinstance(line, dict) else {"price_unit": line}),
                        }
                    )
                    for line in lines
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    def new_order(self, *amounts, seller=0, day=JANUARY):
        """Make a confirmed order of a seller."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.sellers[seller].id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for amount in amounts
                ],
            }
        )
        order.action_confirm()
        order.date_order = day
        self.env.cr.flush()
        return order

    def invoice_orders(self, orders, day=JANUARY):
        """Invoice orders, all of one customer in one invoice."""
        for line in orders.order_line:
            line.qty_delivered = line.product_uom_qty
        move = orders._create_invoices(final=True)
        move.write({"invoice_date": day, "date": day})
        move.action_post()
        return move

    def pay(self, moves, amount=None, day=JANUARY, write_off=False, **values):
        """Register a payment; what it leaves open is written off where the test says so."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"payment_date": day, **values})
        )
        if amount is not None:
            wizard.amount = amount
        if write_off:
            wizard.payment_difference_handling = "reconcile"
            wizard.writeoff_account_id = self.company_data["default_account_expense"]
        return wizard._create_payments()

    def refund(self, move, amount=None, day=JANUARY, line=None):
        """Make a posted credit note, of the whole or of an amount of one line."""
        note = move._reverse_moves([{"date": day, "invoice_date": day}])
        if amount is not None:
            keep = note.invoice_line_ids[line or 0]
            (note.invoice_line_ids - keep).unlink()
            keep.price_unit = amount
        note.action_post()
        return note

    def foreign(self, rate):
        """A currency of which so many are one of the company's on each day asked for."""
        return self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "x",
                "rounding": 0.01,
                "rate_ids": [
                    Command.create({"name": day, "rate": value, "company_id": self.company.id})
                    for day, value in rate.items()
                ],
            }
        )

    # === SHARES === #

    def share(self, deal, *weights, reason="As it was", **values):
        """Put a sharing in force: a weight for each seller in turn."""
        sharing = self.env["commission.split.sharing"].create(
            {
                "deal_id": deal.id,
                "reason": reason,
                "participant_ids": [
                    Command.create(
                        {
                            "person_id": person.id,
                            "role_id": self.roles["closer"].id,
                            "weight": weight,
                        }
                    )
                    for person, weight in zip(self.persons, weights, strict=False)
                ],
                **values,
            }
        )
        sharing.action_put_in_force()
        return sharing

    def deal_of(self, record):
        self.run_engine()
        name = "order_id" if record._name == "sale.order" else "move_id"
        return self.env["commission.split.deal"].search([(name, "=", record.id)])

    # === THE ENGINE === #

    def run_engine(self):
        """Do what the job does after a transaction; returns how many rows were entered."""
        self.env.cr.flush()
        todo = self.env["commission.split.todo"].sudo()
        return todo._follow(todo._take())

    def entries(self, moves=None):
        domain = [("source_id", "in", moves.ids)] if moves is not None else []
        return self.env["commission.split.entry"].search(
            [("company_id", "=", self.company.id), *domain], order="id"
        )

    def sums(self, field="earned", moves=None, **domain):
        """Return what stands in the ledger, a number for each seller."""
        self.run_engine()
        entries = self.entries(moves)
        for name, value in domain.items():
            entries = entries.filtered(lambda one, n=name, v=value: one[n] == v)
        return [
            round(sum(entries.filtered(lambda one, p=person: one.person_id == p).mapped(field)), 3)
            for person in self.persons
        ]

    def close(self, *months):
        self.run_engine()
        for month in months:
            self.env["commission.split.period"].search(
                [("company_id", "=", self.company.id), ("date_from", "=", month.replace(day=1))]
            ).action_close()
