from collections import defaultdict
from statistics import median

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

INTERVAL = "crm.lead.interval"
REPORT = "sale.pipeline.report"
FUNNEL = "sale.funnel.report"
ROWS = 8  # of a table on the board
COHORTS = 6  # months back, and months to win
DAY = 24 * 60 * 60
LEAST_PEOPLE = 3  # of whom everybody may see the best and the median


class SaleKpiTable(models.AbstractModel):
    """The tables of the board: funnels, time in stage, concentration, load, cohorts, sources."""

    _name = "sale.kpi.table"
    _description = "KPI Table"

    @api.model
    def _get_table_keys(self):
        return [
            *("funnel", "time_in_stage", "personal_funnel", "personal_pace", "cohorts"),
            *("products", "customers", "sellers", "qualifiers", "load", "sources"),
        ]

    @api.model
    def _get_tables(self, scope):
        """Return the tables that have rows, and whose data the reader may see."""
        tables = []
        for key in self._get_table_keys():
            table = getattr(self, f"_table_{key}")(scope)
            if table and table["rows"]:
                tables.append({"key": key, **table})
        return tables

    @api.model
    def _number(self, value, digits=0):
        return formatLang(self.env, value, digits=digits)

    @api.model
    def _percent(self, part, whole):
        return f"{self._number(100 * part / whole, 1)}\N{NO-BREAK SPACE}%" if whole else "–"

    @api.model
    def _row(self, cells, model=None, domain=None, bar=None, is_total=False):
        return {
            "cells": cells,
            "model": model,
            "domain": list(domain) if domain is not None else [],
            "bar": bar,
            "is_total": is_total,
        }

    @api.model
    def _restrict(self, domain, scope):
        return self.env["sale.kpi.board"]._restrict(domain, scope, "team_id", "user_id")

    # === STAGES === #

    @api.model
    def _table_funnel(self, scope):
        """How many of the leads that came in during the period reached each stage."""
        board = self.env["sale.kpi.board"]
        stages = board._get_reached(scope)
        highest = max((count for _stage, _place, count in stages), default=0)
        before, found = None, []
        for stage, place, count in stages:
            found.append(
                self._row(
                    [
                        stage.display_name,
                        self._number(count),
                        self._percent(count, before) if before else "",
                        self._percent(count, stages[0][2]),
                    ],
                    FUNNEL,
                    board._get_reached_domain(scope, place),
                    bar=100 * count / highest if highest else 0,
                )
            )
            before = count
        return {
            "title": self.env._("Funnel"),
            "definition": self.env._(
                "Leads that came in during the period, by the stages that they have reached so"
                " far; who skipped a stage has reached it. A young period is not finished."
            ),
            "columns": [
                self.env._("Stage"),
                self.env._("Reached"),
                self.env._("Of the Stage before"),
                self.env._("Of All"),
            ],
            "rows": found,
        }

    @api.model
    def _get_left(self, scope):
        domain = (
            Domain("company_id", "in", (False, scope.company.id))
            & Domain("left_at", ">=", scope.start)
            & Domain("left_at", "<=", scope.end)
            & Domain("stage_id", "!=", False)
        )
        return self._restrict(domain, scope)

    @api.model
    def _table_time_in_stage(self, scope):
        """How long leads stayed in the stages that they left in the period."""
        left = self._get_left(scope) & Domain("exit_kind", "in", ("forward", "won", "lost"))
        intervals = self.env[INTERVAL]
        query = intervals._search(left)
        if query.is_empty():
            return None
        rows = self.env.execute_query(
            SQL(
                """
                SELECT stage_id, count(*), avg(seconds),
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)
                  FROM (%s) stay GROUP BY stage_id
                """,
                self._get_stays(query),
            )
        )
        stages = self.env["crm.stage"].browse(row[0] for row in rows).sorted("sequence")
        by_stage = {row[0]: row[1:] for row in rows}
        found = []
        for stage in stages:
            count, average, middle = by_stage[stage.id]
            found.append(
                self._row(
                    [
                        stage.display_name,
                        self._number(count),
                        self._number(float(average) / DAY, 1),
                        self._number(middle / DAY, 1),
                    ],
                    INTERVAL,
                    left & Domain("stage_id", "=", stage.id),
                )
            )
        return {
            "title": self.env._("Time in Stage"),
            "definition": self.env._(
                "Days from entering to leaving a stage, of the stages that were left forward, won"
                " or lost in the period."
            ),
            "columns": [
                self.env._("Stage"),
                self.env._("Left"),
                self.env._("Days on Average"),
                self.env._("Median"),
            ],
            "rows": found,
        }

    @api.model
    def _get_stays(self, query):
        """Return the SELECT of how many seconds leads stayed in the stages that they left.

        A change of owner, team or company begins a row of its own, which reaches nothing new: the
        stay began before it.

        :param query: of the rows that end a stay
        """
        return SQL(
            """
            SELECT i.stage_id, i.user_id,
                   extract(epoch FROM i.left_at
                           - least(i.entered_at, earlier.entered_at)) AS seconds
              FROM crm_lead_interval i
              LEFT JOIN LATERAL (
                   SELECT min(f.entered_at) AS entered_at FROM crm_lead_interval f
                    WHERE i.stage_seq <= i.reached_before AND f.lead_id = i.lead_id
                      AND f.visit_no = i.visit_no AND f.origin <> 'merge') earlier ON TRUE
             WHERE i.id IN %s
            """,
            query.subselect(),
        )

    # === PERSONAL FUNNELS === #

    @api.model
    def _get_exits(self, scope):
        """Return ``{person: {stage: (times left forward, median seconds)}}`` and the domain.

        All people are counted, so that everybody sees himself beside the best and the median;
        only a head asks for one of them.
        """
        if not self._is_head():
            scope = scope._replace(user=self.env["res.users"])
        left = self._get_left(scope) & Domain("exit_kind", "in", ("forward", "won"))
        query = self.env[INTERVAL].sudo()._search(left & Domain("user_id", "!=", False))
        found = defaultdict(dict)
        if not query.is_empty():
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT user_id, stage_id, count(*),
                           percentile_cont(0.5) WITHIN GROUP (
                               ORDER BY extract(epoch FROM left_at - entered_at))
                      FROM crm_lead_interval WHERE id IN %s
                  GROUP BY user_id, stage_id
                    """,
                    query.subselect(),
                )
            )
            for user_id, stage_id, count, seconds in rows:
                found[user_id][stage_id] = (count, seconds)
        return found, left

    @api.model
    def _is_head(self):
        return self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_head")

    @api.model
    def _get_personal(self, scope, position, text, best, worst, labels):
        """Return rows of people with a number for each stage, then best, median and slowest.

        A head sees all people by name, everybody else himself.
        """
        exits, left = self._get_exits(scope)
        is_head = self._is_head()
        users = self.env["res.users"].sudo().browse(exits).sorted("name")
        stage_ids = {stage_id for stages in exits.values() for stage_id in stages}
        stages = self.env["crm.stage"].browse(stage_ids).sorted("sequence")
        if not users:
            return stages, []
        # the best of two would tell the other one's figures
        labels = labels if is_head or len(users) >= LEAST_PEOPLE else ()
        mine = {
            user: [exits[user.id].get(stage.id, (0, None))[position] for stage in stages]
            for user in users
        }
        found = [
            self._row(
                [user.name, *(text(value) for value in mine[user])],
                INTERVAL,
                left & Domain("user_id", "=", user.id),
            )
            for user in users
            if is_head or user == self.env.user
        ]
        for label, choose in zip(labels, (best, median, worst), strict=False):
            cells = []
            for column in zip(*mine.values(), strict=True):
                values = [value for value in column if value is not None]
                cells.append(text(choose(values) if values else None))
            found.append(self._row([label, *cells], is_total=True))
        return stages, found

    @api.model
    def _table_personal_funnel(self, scope):
        stages, rows = self._get_personal(
            scope,
            0,
            lambda value: self._number(value or 0),
            max,
            min,
            (self.env._("Best"), self.env._("Median"), self.env._("Least")),
        )
        return {
            "title": self.env._("Personal Funnels"),
            "definition": self.env._(
                "How often each person led a lead on from a stage, or won it, in the period."
            ),
            "columns": [self.env._("Person"), *stages.mapped("display_name")],
            "rows": rows,
        }

    @api.model
    def _table_personal_pace(self, scope):
        stages, rows = self._get_personal(
            scope,
            1,
            lambda value: "–" if value is None else self._number(value / DAY, 1),
            min,
            max,
            (self.env._("Fastest"), self.env._("Median"), self.env._("Slowest")),
        )
        return {
            "title": self.env._("Personal Pace"),
            "definition": self.env._(
                "Days in a stage until each person led the lead on from it, the median of the"
                " period."
            ),
            "columns": [self.env._("Person"), *stages.mapped("display_name")],
            "rows": rows,
        }

    # === COHORTS === #

    @api.model
    def _table_cohorts(self, scope):
        """Months from entry to win, by the month of entry, of the half year before the end."""
        company, first = scope.company, scope.last.replace(day=1)
        found = []
        for back in range(COHORTS - 1, -1, -1):
            month = first - relativedelta(months=back)
            entered = self._restrict(
                Domain("company_id", "in", (False, company.id))
                & Domain("entered_at", ">=", company._get_day_start(month))
                & Domain(
                    "entered_at", "<", company._get_day_start(month + relativedelta(months=1))
                ),
                scope,
            )
            count = self.env[REPORT].search_count(entered)
            won = entered & Domain("outcome", "=", "won")
            cells = []
            for months in range(COHORTS):
                start = month + relativedelta(months=months)
                if start > scope.last:
                    cells.append("")
                    continue
                closed = Domain("closed_at", ">=", company._get_day_start(start)) & Domain(
                    "closed_at", "<", company._get_day_start(start + relativedelta(months=1))
                )
                cells.append(self._number(self.env[REPORT].search_count(won & closed)))
            if count:
                found.append(
                    self._row([f"{month:%Y-%m}", self._number(count), *cells], REPORT, entered)
                )
        return {
            "title": self.env._("Months to Win"),
            "definition": self.env._(
                "Of the leads that came in during a month, how many were won in the same month,"
                " one month later, and so on."
            ),
            "columns": [
                self.env._("Came in"),
                self.env._("Leads"),
                *(self.env._("+%s months", number) for number in range(COHORTS)),
            ],
            "rows": found,
        }

    # === WHO === #

    @api.model
    def _get_ranks(self, scope, name, title, definition):
        """Return who has how much of the revenue."""
        moves = self.env["account.move"]
        if not moves.has_access("read"):
            return None
        invoices = self.env["sale.kpi.board"]._get_invoices(scope)
        rows = moves._read_group(
            invoices,
            [name],
            ["amount_untaxed_signed:sum"],
            order="amount_untaxed_signed:sum desc",
        )
        whole = sum(amount for _record, amount in rows if amount > 0)
        highest = rows[0][1] if rows else 0
        return {
            "title": title,
            "definition": definition,
            "columns": [title, self.env._("Revenue"), self.env._("Share")],
            "rows": self._rank(rows, whole, highest, invoices, name, "account.move"),
        }

    @api.model
    def _table_products(self, scope):
        """Revenue by product category, from the lines of the same invoices."""
        lines = self.env["account.move.line"]
        if not lines.has_access("read"):
            return None
        invoiced = Domain("display_type", "=", "product") & Domain(
            "move_id", "any", self.env["sale.kpi.board"]._get_invoices(scope)
        )
        balances = lines._read_group(
            invoiced, ["product_category_id"], ["balance:sum"], order="balance:sum"
        )
        rows = [(category, -balance) for category, balance in balances]
        whole = sum(amount for _record, amount in rows if amount > 0)
        highest = rows[0][1] if rows else 0
        title = self.env._("Product Categories")
        return {
            "title": title,
            "definition": self.env._(
                "Revenue of the period by the category of what was sold; opens the lines."
            ),
            "columns": [title, self.env._("Revenue"), self.env._("Share")],
            "rows": self._rank(rows, whole, highest, invoiced, "product_category_id", lines._name),
        }

    @api.model
    def _rank(self, rows, whole, highest, domain, name, model):
        """Return the first rows of records with an amount, as shares of the whole."""
        return [
            self._row(
                [
                    record.display_name or self.env._("None"),
                    self._number(amount),
                    self._percent(amount, whole),
                ],
                model,
                domain & Domain(name, "=", record.id),
                bar=max(0, 100 * amount / highest) if highest > 0 else None,
            )
            for record, amount in rows[:ROWS]
        ]

    @api.model
    def _table_customers(self, scope):
        return self._get_ranks(
            scope,
            "commercial_partner_id",
            self.env._("Customers"),
            self.env._("Revenue of the period by customer; a company and its contacts are one."),
        )

    @api.model
    def _table_sellers(self, scope):
        return self._get_ranks(
            scope,
            "invoice_user_id",
            self.env._("Sellers"),
            self.env._("Revenue of the period by the salesperson of the invoice."),
        )

    @api.model
    def _table_qualifiers(self, scope):
        won = self.env["sale.kpi.board"]._get_won(scope) & Domain("qualifier_id", "!=", False)
        rows = self.env[REPORT]._read_group(
            won, ["qualifier_id"], ["__count", "won_revenue:sum"], order="won_revenue:sum desc"
        )
        return {
            "title": self.env._("Amount Won by Who Qualified"),
            "definition": self.env._(
                "Deals won in the period, by who had the lead when it became an opportunity."
            ),
            "columns": [self.env._("Person"), self.env._("Deals"), self.env._("Amount Won")],
            "rows": [
                self._row(
                    [user.name, self._number(count), self._number(amount or 0)],
                    REPORT,
                    won & Domain("qualifier_id", "=", user.id),
                )
                for user, count, amount in rows[:ROWS]
            ],
        }

    @api.model
    def _table_load(self, scope):
        """Open leads and customers for each person, today."""
        open_leads = self._restrict(
            Domain("company_id", "in", (False, scope.company.id))
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & Domain("user_id", "!=", False),
            scope,
        )
        rows = self.env["crm.lead"]._read_group(
            open_leads, ["user_id"], ["__count"], order="__count desc"
        )
        users = [user.id for user, _count in rows]
        customers = dict(
            self.env["res.partner"]._read_group(
                Domain("user_id", "in", users) & Domain("parent_id", "=", False),
                ["user_id"],
                ["__count"],
            )
        )
        return {
            "title": self.env._("Load"),
            "definition": self.env._("Open leads and own customers of each person, today."),
            "columns": [
                self.env._("Person"),
                self.env._("Open Leads"),
                self.env._("Customers"),
            ],
            "rows": [
                self._row(
                    [user.name, self._number(count), self._number(customers.get(user, 0))],
                    "crm.lead",
                    open_leads & Domain("user_id", "=", user.id),
                )
                for user, count in rows[:ROWS]
            ],
        }

    @api.model
    def _table_sources(self, scope):
        """What came in from each source, and what was won of it."""
        entered = self.env["sale.kpi.board"]._get_leads(scope, "entered_at")
        rows = self.env[REPORT]._read_group(
            entered & Domain("source_id", "!=", False),
            ["source_id"],
            ["__count", "won_revenue:sum"],
            order="__count desc",
        )
        won = dict(
            self.env[REPORT]._read_group(
                entered & Domain("outcome", "=", "won"), ["source_id"], ["__count"]
            )
        )
        return {
            "title": self.env._("Sources"),
            "definition": self.env._(
                "Leads that came in during the period by source, and what was won of them by now."
            ),
            "columns": [
                self.env._("Source"),
                self.env._("Leads"),
                self.env._("Won"),
                self.env._("Amount Won"),
            ],
            "rows": [
                self._row(
                    [
                        source.display_name,
                        self._number(count),
                        self._number(won.get(source, 0)),
                        self._number(amount or 0),
                    ],
                    REPORT,
                    entered & Domain("source_id", "=", source.id),
                )
                for source, count, amount in rows[:ROWS]
            ],
        }
