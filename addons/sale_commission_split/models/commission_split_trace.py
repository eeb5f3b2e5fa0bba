from markupsafe import Markup

from odoo import api, models
from odoo.tools.misc import format_date, formatLang


class CommissionSplitEntry(models.Model):
    """The way from a figure back to the line, the rate, the weights and the odd cents."""

    _inherit = "commission.split.entry"

    def _get_trace(self):
        """Return how an entry came about, as HTML.

        It is read in sudo from a list of fields: who took part may not open the invoice itself.
        """
        self.ensure_one()
        entry = self.sudo()
        if entry.kind == "doc":
            parts = [*entry._trace_lines(), *entry._trace_shares(), *entry._trace_period()]
        elif entry.kind == "scope":
            parts = [*entry._trace_window(), *entry._trace_period()]
        else:
            parts = [*entry._trace_case(), *entry._trace_period()]
        return Markup("").join(parts)

    def _trace_lines(self):
        """Tell which lines counted, with which rate."""
        credits = self.env["commission.split.credit"].search(
            [
                ("source_model", "=", self.source_model),
                ("source_id", "=", self.source_id),
                ("deal_id", "=", self.deal_id.id),
                ("component_id", "=", self.component_id.id),
                ("is_current", "=", True),
            ],
            order="source_line",
        )
        lines = self.env["account.move.line"].browse(credits.mapped("source_line")).exists()
        names = {line.id: (line.product_id.display_name or line.name or "") for line in lines}
        yield Markup("<h4>%s</h4>") % self.env._("What Counts")
        if not credits:
            yield Markup("<p>%s</p>") % self.env._(
                "The document counts for nothing any more: what was entered is taken back."
            )
            return
        rows = [
            [
                names.get(credit.source_line, str(credit.source_line)),
                self._money(credit.basis),
                f"{self._number(credit.rate_id.percent, 2)} %",
                self._number(credit.raw),
            ]
            for credit in credits
        ]
        head = [
            self.env._("Line"),
            self.env._("Basis"),
            self.env._("Rate"),
            self.env._("Commission, Unrounded"),
        ]
        yield self._render_table(head, rows)
        yield Markup("<p>%s</p>") % self.env._(
            "“%(component)s” of %(plan)s, the version that held on the day of the deal.",
            component=self.component_id.name,
            plan=credits[0].plan_id.display_name,
        )

    def _trace_shares(self):
        """Tell who shares with which weight."""
        day = self._get_source_day()
        sharings = self.deal_id.sharing_ids.filtered(lambda one: one.state == "in_force")
        fitting = sharings.filtered(
            lambda one: not one.date_from or (day and one.date_from <= day)
        )
        sharing = fitting[-1:]
        total = sum(one.weight for one in sharing.participant_ids if one.role_id.shares)
        mine = sharing.participant_ids.filtered(
            lambda one: one.person_id == self.person_id and one.role_id == self.role_id
        )
        yield Markup("<h4>%s</h4>") % self.env._("How It Is Shared")
        yield Markup("<p>%s</p>") % self.env._(
            "%(person)s as %(role)s: weight %(weight)s of %(total)s. Whole cents are divided;"
            " those left over go to the largest remainders.",
            person=self.person_id.name,
            role=self.role_id.name,
            weight=self._number(mine.weight),
            total=self._number(total),
        )

    def _trace_window(self):
        """Tell what a window or a deal adds: its basis, its quota and each slice."""
        component = self.component_id
        rows = self.search(
            [
                ("kind", "=", "doc"),
                ("component_id", "=", component.id),
                ("person_id", "=", self.person_id.id),
                ("window_date", "=", self.window_date),
                *([("deal_id", "=", self.deal_id.id)] if self.deal_id else []),
            ]
        )
        basis, earned = sum(rows.mapped("basis")), sum(rows.mapped("earned"))
        yield Markup("<h4>%s</h4>") % self.env._("What the Window Adds")
        yield Markup("<p>%s</p>") % self.env._(
            "Basis %(basis)s, earned by its documents %(earned)s.",
            basis=self._number(basis),
            earned=self._money(earned),
        )
        position = self.env["commission.split.position"].search(
            [
                ("component_id", "=", component.id),
                ("person_id", "=", self.person_id.id),
                ("window_date", "=", self.window_date),
            ],
            limit=1,
        )
        if position.quota:
            yield Markup("<p>%s</p>") % self.env._(
                "Quota %(quota)s: %(attainment)s %% reached.",
                quota=self._number(position.quota),
                attainment=self._number(round(position.attainment, 2)),
            )
        steps = component.step_ids.sorted("from_value")
        if steps:
            mode = dict(component._fields["step_mode"]._description_selection(self.env))
            yield Markup("<p>%s</p>") % mode.get(component.step_mode, "")
            yield self._render_table(
                [self.env._("From"), self.env._("Value")],
                [[self._number(one.from_value), component._get_step_label(one)] for one in steps],
            )
        if component.threshold:
            yield Markup("<p>%s</p>") % self.env._(
                "Below %s %% of the quota it earns nothing.", self._number(component.threshold)
            )
        if component.cap:
            yield Markup("<p>%s</p>") % self.env._("At most %s.", self._money(component.cap))

    def _trace_case(self):
        """Tell which case, guarantee or balance it is, and who decided it."""
        cause = dict(self._fields["cause"]._description_selection(self.env)).get(self.cause, "")
        yield Markup("<h4>%s</h4>") % (self.case_id.reason_id.name or cause)
        if self.case_id.person_id == self.person_id:
            yield Markup("<p>%s</p>") % (self.case_id.evidence or "")
            yield Markup("<p>%s</p>") % self.env._(
                "Decided by %(approver)s on %(day)s. %(decision)s",
                approver=self.case_id.approver_id.name,
                day=format_date(self.env, self.case_id.decided_on),
                decision=self.case_id.decision or "",
            )
        if self.cause == "cap":
            yield Markup("<p>%s</p>") % self.env._(
                "Penalties take at most %s %% of base pay and commission of a month; the rest"
                " lapses.",
                self._number(self.company_id.commission_split_penalty_cap),
            )

    def _trace_period(self):
        """Tell when it was earned, when it is payable, and why in this period."""
        event = dict(self.component_id._fields["event"]._description_selection(self.env))
        yield Markup("<h4>%s</h4>") % self.env._("When")
        yield Markup("<p>%s</p>") % self.env._(
            "Payable when: %(event)s. Of this document and month were entered: earned %(earned)s,"
            " payable %(payable)s.",
            event=event.get(self.component_id.event, ""),
            earned=self._money(self.earned),
            payable=self._money(self.payable),
        )
        if self.period_id.date_from != self.origin:
            yield Markup("<p>%s</p>") % self.env._(
                "It belongs to %(month)s, which was closed: it is entered in %(period)s.",
                month=self.origin.strftime("%Y-%m"),
                period=self.period_id.name,
            )

    def _get_source_day(self):
        move = self.env["account.move"].browse(self.source_id).exists()
        return move.invoice_date or move.date or self.origin

    def _money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _number(self, number, digits=0):
        """Return a number in the reader's format, with up to six digits and at least some."""
        needed = len(f"{number:.6f}".rstrip("0").partition(".")[2])
        return formatLang(self.env, number, digits=max(digits, needed))

    @api.model
    def _render_table(self, head, rows):
        """Return a table as HTML; text is escaped."""
        cells = Markup("").join(Markup("<th>%s</th>") % text for text in head)
        body = Markup("").join(
            Markup("<tr>%s</tr>") % Markup("").join(Markup("<td>%s</td>") % text for text in row)
            for row in rows
        )
        return (
            Markup("<table class='table table-sm'><thead><tr>%s</tr></thead>") % cells
            + Markup("<tbody>%s</tbody></table>") % body
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_explain_commission(self):
        """Open who earns by the document, or why nobody does."""
        self.ensure_one()
        self.env.cr.flush()
        self.env["commission.split.engine"].sudo()._follow(self.ids)
        entries = self.env["commission.split.entry"].search(
            [("source_model", "=", self._name), ("source_id", "=", self.id)]
        )
        if entries:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Commission: %s", self.name),
                "res_model": "commission.split.entry",
                "views": [(False, "list"), (False, "form")],
                "domain": [("id", "in", entries.ids)],
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("No Commission: %s", self.name),
                "message": self._explain_no_commission(),
                "type": "warning",
                "sticky": True,
            },
        }

    def _explain_no_commission(self):
        """Say why nobody earns by a document: the first reason that holds."""
        self.ensure_one()
        move = self.sudo()
        company, day = move.company_id, move.invoice_date or move.date
        deals = move._get_commission_deals()
        if move.state != "posted":
            return self.env._("It is not posted.")
        if not company.commission_split_start or day < company.commission_split_start:
            return self.env._(
                "It lies before %s, the day on which commission begins.",
                format_date(self.env, company.commission_split_start),
            )
        if move.commercial_partner_id in self.env["res.company"].sudo().search([]).partner_id:
            return self.env._("The customer is a company of this database.")
        if not deals:
            return self.env._("It belongs to no deal.")
        if not any(deal.participant_ids for deal in deals):
            return self.env._(
                "Nobody takes part in %s: open the deal and press Change the Shares.",
                ", ".join(deals.mapped("name")),
            )
        credits = (
            self.env["commission.split.credit"]
            .sudo()
            .search_count(
                [("source_model", "=", self._name), ("source_id", "=", self.id)], limit=1
            )
        )
        if not credits:
            return self.env._(
                "No plan holds for %(deal)s on %(day)s, or none of its rates fits a line.",
                deal=", ".join(deals.mapped("name")),
                day=format_date(self.env, deals[:1].date),
            )
        return self.env._("It lies with somebody else, or counts nothing.")

    def _get_commission_deals(self):
        """Return the deals of the documents, by orders, by themselves, by what they reverse."""
        orders = self.line_ids.sale_line_ids.order_id
        return (
            self.env["commission.split.deal"]
            .sudo()
            .search(
                [
                    "|",
                    ("order_id", "in", orders.ids),
                    ("move_id", "in", (self | self.reversed_entry_id).ids),
                ]
            )
        )
