from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import formatLang

from .sale_plan import COUNTED

REPORT = "sale.pipeline.report"
MOVE = "account.move"
CONTACT = "sale.contact.event"
CLOCK = "sale.rule.clock"
TILES = {
    "result": ("revenue", "won_revenue", "won", "average_deal", "customer_deal"),
    "funnel": ("leads", "conversion", "qualified", "win_rate", "lead_time"),
    "work": ("calls", "meetings", "contacts_won", "contacts_lost", "norms_kept"),
    "risk": (
        *("largest_customer", "largest_seller", "new_customers"),
        *("acquisition_cost", "acquisition_share"),
    ),
}
PERIODS = ("month", "quarter", "year", "last_month", "last_quarter", "last_year")
RELEVANT_CUSTOMER, LARGE_CUSTOMER = 15, 20  # percent of the revenue with one customer


class Scope(NamedTuple):
    """What the board is asked for: a company, a team and a person if any, days."""

    company: object
    team: object
    user: object
    first: object
    last: object

    @property
    def start(self):
        return self.company._get_day_start(self.first)

    @property
    def end(self):
        return self.company._get_day_end(self.last)

    def before(self):
        """The same number of days, or whole months, before."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if self.first.day == 1 and (self.last + timedelta(days=1)).day == 1:
            first = self.first - relativedelta(months=months)
        else:
            first = self.first - (self.last - self.first) - timedelta(days=1)
        return self._replace(first=first, last=self.first - timedelta(days=1))


class SaleKpiBoard(models.AbstractModel):
    """The figures of sales, each with its definition and the records that it counts (M4).

    A tile is a method `_tile_<key>` that returns the model, the domain of its records, and what is
    computed of them; who adds a tile adds the method and puts its key into `_get_tile_keys`.
    """

    _name = "sale.kpi.board"
    _description = "KPI Board"

    # === WHAT IS SHOWN === #

    @api.model
    def _get_tile_keys(self):
        """Return the tiles of each group: ``{group: [key, …]}``."""
        return {group: list(keys) for group, keys in TILES.items()}

    @api.model
    def _get_group_labels(self):
        return {
            "result": self.env._("Result"),
            "funnel": self.env._("Funnel"),
            "work": self.env._("Work"),
            "risk": self.env._("Customers and Cost"),
        }

    @api.model
    def get_board(self, period="month", team_id=False, user_id=False):
        """Return tiles and tables of a period, as the reader may see them.

        :param period: ``month``, ``quarter``, ``year``, ``last_month``, ``last_quarter`` or
            ``last_year``
        """
        if not self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_member"):
            raise AccessError(
                self.env._("The board is for those whom the sales regulation binds.")
            )
        scope = self._get_scope(period, team_id, user_id)
        is_head = self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_head")
        return {
            "groups": self._get_groups(scope),
            "tables": self.env["sale.kpi.table"]._get_tables(scope),
            "from": fields.Date.to_string(scope.first),
            "to": fields.Date.to_string(scope.last),
            "teams": self.env["crm.team"]
            .search([("company_id", "in", (False, scope.company.id))])
            .read(["name"]),
            "users": self._get_members(scope).read(["name"]) if is_head else [],
        }

    @api.model
    def _get_members(self, scope):
        """Return the salespeople of the team, or of all teams of the company."""
        teams = scope.team or self.env["crm.team"].search(
            [("company_id", "in", (False, scope.company.id))]
        )
        return teams.crm_team_member_ids.user_id.sorted("name")

    @api.model
    def _get_scope(self, period, team_id=False, user_id=False):
        if period not in PERIODS:
            raise UserError(
                self.env._(
                    "The board knows no period %(period)s. Ask for one of: %(periods)s.",
                    period=period,
                    periods=", ".join(PERIODS),
                )
            )
        company = self.env.company
        today = company._get_today()
        first, last = self._get_days(period, today)
        return Scope(
            company,
            self.env["crm.team"].browse(team_id or []),
            self.env["res.users"].browse(user_id or []),
            first,
            last,
        )

    @api.model
    def _get_days(self, period, today):
        """Return the first and the last day of a period; the current one ends today."""
        name = period.removeprefix("last_")
        months = {"month": 1, "quarter": 3, "year": 12}[name]
        first = today.replace(day=1)
        first = first.replace(month=(first.month - 1) // months * months + 1)
        if period.startswith("last_"):
            return first - relativedelta(months=months), first - timedelta(days=1)
        return first, today

    @api.model
    def _get_groups(self, scope):
        before, labels = scope.before(), self._get_group_labels()
        groups = []
        for group, keys in self._get_tile_keys().items():
            tiles = [tile for key in keys if (tile := self._get_tile(key, scope, before))]
            groups.append({"key": group, "label": labels.get(group, group), "tiles": tiles})
        return groups

    @api.model
    def _get_tile(self, key, scope, before=None):
        """Return a tile as the web client shows it; None where the reader may not see its data."""
        make = getattr(self, f"_tile_{key}")
        tile = make(scope)
        if not self.env[tile["model"]].has_access("read"):
            return None
        value, count = self._compute(tile)
        former = self._compute(make(before))[0] if before else None
        return {
            "key": key,
            "label": tile["label"],
            "definition": tile["definition"],
            "value": value,
            "text": self._get_text(value, tile, scope),
            "former": self._get_text(former, tile, scope),
            "trend": self._get_trend(value, former, tile.get("better", 1)),
            "level": tile["level"](value) if tile.get("level") and value is not None else "",
            "count": count,
            "model": tile["model"],
            "domain": list(tile["domain"]),
            "group_by": tile.get("group_by", []),
        }

    @api.model
    def _compute(self, tile):
        """Compute a tile from its records in one query: its value, and how many they are.

        The value is None where there are no records to tell it.
        """
        model, domain = self.env[tile["model"]], tile["domain"]
        if tile.get("compute"):
            return tile["compute"](model, domain)
        [(value, count)] = model._read_group(domain, [], [tile["aggregate"], "__count"])
        if not count and tile["aggregate"].endswith(":avg"):
            return None, 0
        return value or 0, count

    @api.model
    def _get_text(self, value, tile, scope):
        if value is None:
            return "–"
        unit = tile.get("unit")
        if unit == "money":
            digits = 2 if 0 < abs(value) < 1000 else 0
            text = formatLang(self.env, value, digits=digits)
            symbol = scope.company.currency_id.symbol
            after = scope.company.currency_id.position == "after"
            return f"{text}\N{NO-BREAK SPACE}{symbol}" if after else f"{symbol}{text}"
        if unit == "percent":
            return f"{formatLang(self.env, value, digits=1)}\N{NO-BREAK SPACE}%"
        if unit == "days":
            return self.env._("%s days", formatLang(self.env, value, digits=1))
        return formatLang(self.env, value, digits=0 if value == int(value) else 1)

    @api.model
    def _get_trend(self, value, former, better):
        """Return whether it got better or worse than in the period before."""
        if value is None or former is None or value == former:
            return ""
        return "better" if (value > former) == (better > 0) else "worse"

    # === DOMAINS === #

    @api.model
    def _get_leads(self, scope, moment):
        """Return the domain of leads with a moment in the scope's days."""
        domain = (
            Domain("company_id", "in", (False, scope.company.id))
            & Domain(moment, ">=", scope.start)
            & Domain(moment, "<=", scope.end)
        )
        return self._restrict(domain, scope, "team_id", "user_id")

    @api.model
    def _get_invoices(self, scope):
        domain = (
            Domain("company_id", "=", scope.company.id)
            & Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("invoice_date", ">=", scope.first)
            & Domain("invoice_date", "<=", scope.last)
        )
        return self._restrict(domain, scope, "team_id", "invoice_user_id")

    @api.model
    def _get_contacts(self, scope):
        domain = (
            Domain("company_id", "in", (False, scope.company.id))
            & Domain("started_at", ">=", scope.start)
            & Domain("started_at", "<=", scope.end)
            & COUNTED
        )
        return self._restrict(domain, scope, "lead_id.team_id", "user_id")

    @api.model
    def _restrict(self, domain, scope, team, user):
        if scope.team:
            domain &= Domain(team, "=", scope.team.id)
        if scope.user:
            domain &= Domain(user, "=", scope.user.id)
        return domain

    # === RESULT === #

    @api.model
    def _tile_revenue(self, scope):
        return {
            "label": self.env._("Revenue"),
            "definition": self.env._(
                "Posted customer invoices less credit notes, without taxes, in the company's"
                " currency, by invoice date."
            ),
            "model": MOVE,
            "domain": self._get_invoices(scope),
            "aggregate": "amount_untaxed_signed:sum",
            "unit": "money",
        }

    @api.model
    def _get_won(self, scope):
        return self._get_leads(scope, "closed_at") & Domain("outcome", "=", "won")

    @api.model
    def _tile_won_revenue(self, scope):
        return {
            "label": self.env._("Amount Won"),
            "definition": self.env._(
                "Expected revenue of the opportunities that were won in the period."
            ),
            "model": REPORT,
            "domain": self._get_won(scope),
            "aggregate": "won_revenue:sum",
            "unit": "money",
        }

    @api.model
    def _tile_won(self, scope):
        return {
            "label": self.env._("Deals Won"),
            "definition": self.env._("Opportunities that were won in the period."),
            "model": REPORT,
            "domain": self._get_won(scope),
            "aggregate": "__count",
        }

    @api.model
    def _tile_average_deal(self, scope):
        return {
            "label": self.env._("Average Deal"),
            "definition": self.env._("Amount won by the number of deals won in the period."),
            "model": REPORT,
            "domain": self._get_won(scope),
            "aggregate": "won_revenue:avg",
            "unit": "money",
        }

    @api.model
    def _tile_customer_deal(self, scope):
        def compute(model, domain):
            [(amount, customers, count)] = model._read_group(
                domain, [], ["won_revenue:sum", "partner_id:count_distinct", "__count"]
            )
            return amount / customers if customers else None, count

        return {
            "label": self.env._("Average per Customer"),
            "definition": self.env._(
                "Amount won by the number of customers of the deals won in the period."
            ),
            "model": REPORT,
            "domain": self._get_won(scope) & Domain("partner_id", "!=", False),
            "compute": compute,
            "unit": "money",
            "group_by": ["partner_id"],
        }

    # === FUNNEL === #

    @api.model
    def _tile_leads(self, scope):
        return {
            "label": self.env._("New Leads"),
            "definition": self.env._(
                "Leads and opportunities that came in during the period, without those marked as"
                " no lead; the arrow compares with the period before."
            ),
            "model": REPORT,
            "domain": self._get_leads(scope, "entered_at"),
            "aggregate": "__count",
        }

    @api.model
    def _get_share(self, name, part):
        """Return what computes the percentage of the records whose field has a value."""

        def compute(model, domain):
            counts = dict(model._read_group(domain, [name], ["__count"]))
            count = sum(counts.values())
            return 100 * counts.get(part, 0) / count if count else None, count

        return compute

    @api.model
    def _get_counted(self, value):
        """Return what counts the records beside a value that is known."""
        return lambda model, domain: (value, model.search_count(domain))

    @api.model
    def _tile_conversion(self, scope):
        return {
            "label": self.env._("Lead to Opportunity"),
            "definition": self.env._(
                "Of the leads that came in during the period, the share that is an opportunity by"
                " now. A young period is not finished."
            ),
            "model": REPORT,
            "domain": self._get_leads(scope, "entered_at"),
            "compute": self._get_share("type", "opportunity"),
            "unit": "percent",
            "group_by": ["type"],
        }

    @api.model
    def _get_cohort(self, scope):
        """Return the domain of stages reached by leads that came in during the scope's days."""
        domain = (
            Domain("company_id", "in", (False, scope.company.id))
            & Domain("cohort_on", ">=", scope.first)
            & Domain("cohort_on", "<=", scope.last)
        )
        return self._restrict(domain, scope, "lead_id.team_id", "lead_id.user_id")

    @api.model
    def _get_reached(self, scope):
        """Return the stages in order with how many leads reached them.

        Who skipped a stage has reached it, too. A place is the number by which the history knows
        the stage.

        :return: ``[(stage, place, count), …]``
        """
        rows = self.env["sale.funnel.report"]._read_group(
            self._get_cohort(scope) & Domain("stage_id", "!=", False),
            ["reached_before", "stage_seq", "stage_id"],
            ["__count"],
        )
        # teams may have stages of their own at the same place: the one with most leads names it
        names = {}
        for _before, sequence, stage, count in rows:
            places = names.setdefault(sequence, {})
            places[stage] = places.get(stage, 0) + count
        return [
            (
                max(names[place], key=names[place].get),
                place,
                sum(
                    count for before, sequence, _stage, count in rows if before < place <= sequence
                ),
            )
            for place in sorted(names)
        ]

    @api.model
    def _get_reached_domain(self, scope, place):
        """Return the domain of what reached a place among the stages."""
        return (
            self._get_cohort(scope)
            & Domain("stage_id", "!=", False)
            & Domain("reached_before", "<", place)
            & Domain("stage_seq", ">=", place)
        )

    @api.model
    def _tile_qualified(self, scope):
        """MQL to SQL: of the leads that came in, how many reached the second stage."""
        stages = self._get_reached(scope)
        first, second = (stages[0][2], stages[1][2]) if len(stages) > 1 else (0, 0)
        return {
            "label": self.env._("First to Second Stage"),
            "definition": self.env._(
                "Of the leads that came in during the period, how many reached the second stage"
                " (marketing to sales qualified); opens them. A young period is not finished."
            ),
            "model": "sale.funnel.report",
            "domain": self._get_reached_domain(scope, stages[1][1]) if second else Domain.FALSE,
            "compute": self._get_counted(100 * second / first if first else None),
            "unit": "percent",
        }

    @api.model
    def _get_closed(self, scope):
        return (
            self._get_leads(scope, "closed_at")
            & Domain("type", "=", "opportunity")
            & Domain("outcome", "in", ("won", "lost"))
        )

    @api.model
    def _tile_win_rate(self, scope):
        return {
            "label": self.env._("Win Rate"),
            "definition": self.env._(
                "Won by won and lost, of the opportunities that were closed in the period,"
                " without those marked as no lead. Usual are 20 to 30 %."
            ),
            "model": REPORT,
            "domain": self._get_closed(scope),
            "compute": self._get_share("outcome", "won"),
            "unit": "percent",
            "group_by": ["outcome"],
        }

    @api.model
    def _tile_lead_time(self, scope):
        return {
            "label": self.env._("Days to Win"),
            "definition": self.env._(
                "From the entry of the lead to the win, on average of the deals won in the period."
            ),
            "model": REPORT,
            "domain": self._get_won(scope),
            "aggregate": "days_to_win:avg",
            "unit": "days",
            "better": -1,
        }

    # === WORK === #

    @api.model
    def _tile_calls(self, scope):
        return {
            "label": self.env._("Calls"),
            "definition": self.env._("Calls of the period, answered or not."),
            "model": CONTACT,
            "domain": self._get_contacts(scope) & Domain("channel", "=", "call"),
            "aggregate": "__count",
        }

    @api.model
    def _tile_meetings(self, scope):
        return {
            "label": self.env._("Meetings"),
            "definition": self.env._("Meetings and visits of the period that were held."),
            "model": CONTACT,
            "domain": self._get_contacts(scope)
            & Domain("channel", "in", ("meeting", "visit"))
            & Domain("outcome", "=", "held"),
            "aggregate": "__count",
        }

    @api.model
    def _tile_contacts_won(self, scope):
        return {
            "label": self.env._("Contacts per Deal Won"),
            "definition": self.env._(
                "Contacts with the customer, mass mails apart, on average of the opportunities"
                " won in the period."
            ),
            "model": REPORT,
            "domain": self._get_won(scope),
            "aggregate": "contact_count:avg",
        }

    @api.model
    def _tile_contacts_lost(self, scope):
        return {
            "label": self.env._("Contacts per Deal Lost"),
            "definition": self.env._(
                "Contacts with the customer, mass mails apart, on average of the opportunities"
                " lost in the period."
            ),
            "model": REPORT,
            "domain": self._get_closed(scope) & Domain("outcome", "=", "lost"),
            "aggregate": "contact_count:avg",
        }

    @api.model
    def _get_judged(self):
        """Return the domain of norms that count: no advice, no trial, no lead that was none."""
        domain = Domain("rule_id.severity", "!=", "advice") & ~Domain(
            "lead_id.lost_reason_id.is_no_lead", "=", True
        )
        trials = self.env["sale.regulation"].sudo().search([("trial_until", "!=", False)])
        for regulation in trials:
            end = regulation.company_id._get_day_end(regulation.trial_until)
            domain &= Domain("regulation_id", "!=", regulation.id) | Domain(
                "deadline_at", ">", end
            )
        return domain

    @api.model
    def _tile_norms_kept(self, scope):
        domain = (
            Domain("company_id", "in", (False, scope.company.id))
            & Domain("state", "in", ("met", "breached"))
            & Domain("deadline_at", ">=", scope.start)
            & Domain("deadline_at", "<=", scope.end)
            & self._get_judged()
        )
        return {
            "label": self.env._("Norms Kept"),
            "definition": self.env._(
                "Norms met by norms met and violated, whose deadline lay in the period; without"
                " advice and without what was on trial."
            ),
            "model": CLOCK,
            "domain": self._restrict(domain, scope, "lead_id.team_id", "user_id"),
            "compute": self._get_share("state", "met"),
            "unit": "percent",
            "group_by": ["state"],
        }

    # === CUSTOMERS AND COST === #

    @api.model
    def _get_largest(self, scope, name):
        """Return who has the largest revenue of the scope, and his share in percent."""
        rows = (
            self.env[MOVE]._read_group(
                self._get_invoices(scope), [name], ["amount_untaxed_signed:sum"]
            )
            if self.env[MOVE].has_access("read")
            else []
        )
        # who got more back than he bought makes nobody else larger
        whole = sum(amount for _record, amount in rows if amount > 0)
        if not whole:
            return None, None
        record, amount = max(rows, key=lambda row: row[1])
        return record, 100 * amount / whole

    @api.model
    def _tile_largest_customer(self, scope):
        customer, share = self._get_largest(scope, "commercial_partner_id")
        chosen = Domain("commercial_partner_id", "=", customer.id if customer else 0)
        return {
            "label": self.env._("Largest Customer's Share"),
            "definition": self.env._(
                "Revenue with the largest customer by all revenue of the period. Healthy is below"
                " %(amber)s %%; from %(red)s %% on one customer decides about the company.",
                amber=RELEVANT_CUSTOMER,
                red=LARGE_CUSTOMER,
            ),
            "model": MOVE,
            "domain": self._get_invoices(scope) & chosen,
            "compute": self._get_counted(share),
            "unit": "percent",
            "better": -1,
            "level": lambda value: (
                "danger"
                if value >= LARGE_CUSTOMER
                else "warning"
                if value >= RELEVANT_CUSTOMER
                else "success"
            ),
        }

    @api.model
    def _tile_largest_seller(self, scope):
        seller, share = self._get_largest(scope, "invoice_user_id")
        return {
            "label": self.env._("Largest Seller's Share"),
            "definition": self.env._(
                "Revenue of the salesperson with the most by all revenue of the period: what is"
                " lost when one goes."
            ),
            "model": MOVE,
            "domain": self._get_invoices(scope)
            & Domain("invoice_user_id", "=", seller.id if seller else False),
            "compute": self._get_counted(share),
            "unit": "percent",
            "better": -1,
        }

    @api.model
    def _get_new_customers(self, scope):
        """Return the domain of customers whose first posted invoice lies in the period."""
        moves = self.env[MOVE]
        if not moves.has_access("read"):
            return Domain.FALSE
        bought = Domain("move_type", "=", "out_invoice") & Domain("state", "=", "posted")
        inside = [
            partner.id
            for (partner,) in moves._read_group(
                self._get_invoices(scope) & bought, ["commercial_partner_id"], []
            )
        ]
        earlier = {
            partner.id
            for (partner,) in moves.sudo()._read_group(
                bought
                & Domain("company_id", "=", scope.company.id)
                & Domain("commercial_partner_id", "in", inside)
                & Domain("invoice_date", "<", scope.first),
                ["commercial_partner_id"],
                [],
            )
        }
        return Domain("id", "in", [one for one in inside if one not in earlier])

    @api.model
    def _tile_new_customers(self, scope):
        return {
            "label": self.env._("New Customers"),
            "definition": self.env._(
                "Customers whose first posted invoice lies in the period; a company and its"
                " contacts are one."
            ),
            "model": "res.partner",
            "domain": self._get_new_customers(scope),
            "aggregate": "__count",
        }

    @api.model
    def _get_spend_scope(self, scope):
        """Return the scope for which spend is known: the company's whole months."""
        return scope._replace(
            team=scope.team.browse(),
            user=scope.user.browse(),
            first=scope.first.replace(day=1),
            last=fields.Date.end_of(scope.last, "month"),
        )

    @api.model
    def _get_spend(self, scope):
        return (
            Domain("company_id", "=", scope.company.id)
            & Domain("month", ">=", scope.first)
            & Domain("month", "<=", scope.last)
        )

    @api.model
    def _tile_acquisition_cost(self, scope):
        scope = self._get_spend_scope(scope)

        def compute(model, domain):
            [(spend, count)] = model._read_group(domain, [], ["amount_company:sum", "__count"])
            customers = self.env["res.partner"].search_count(self._get_new_customers(scope))
            return spend / customers if spend and customers else None, count

        return {
            "label": self.env._("Acquisition Cost"),
            "definition": self.env._(
                "Marketing spend of the company in the months of the period by their new"
                " customers; opens the spend."
            ),
            "model": "sale.marketing.spend",
            "domain": self._get_spend(scope),
            "compute": compute,
            "unit": "money",
            "better": -1,
        }

    @api.model
    def _tile_acquisition_share(self, scope):
        scope = self._get_spend_scope(scope)

        def compute(model, domain):
            [(spend, count)] = model._read_group(domain, [], ["amount_company:sum", "__count"])
            [(revenue,)] = (
                self.env[MOVE]._read_group(
                    self._get_invoices(scope), [], ["amount_untaxed_signed:sum"]
                )
                if self.env[MOVE].has_access("read")
                else [(0,)]
            )
            return 100 * spend / revenue if spend and revenue else None, count

        return {
            "label": self.env._("Spend by Revenue"),
            "definition": self.env._(
                "Marketing spend by revenue, of the company in the months of the period; opens the"
                " spend."
            ),
            "model": "sale.marketing.spend",
            "domain": self._get_spend(scope),
            "compute": compute,
            "unit": "percent",
            "better": -1,
        }
