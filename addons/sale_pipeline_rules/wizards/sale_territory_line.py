from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain

DAYS = 365


class SaleTerritoryLine(models.TransientModel):
    """What a team's territory holds, and where territories overlap or leave gaps (G11).

    A territory is the domain by which Odoo assigns leads to a team. Lines are made when the list
    is opened; each figure opens its records.
    """

    _name = "sale.territory.line"
    _description = "Territory"
    _order = "sequence, id"
    _rec_name = "team_id"

    sequence = fields.Integer(readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    name = fields.Char(string="Territory", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    member_count = fields.Integer(string="Members", readonly=True)
    lead_ids = fields.Many2many(
        "crm.lead", "sale_territory_line_lead_rel", string="Leads", readonly=True
    )
    lead_count = fields.Integer(string="Open Leads", readonly=True)
    load = fields.Float(string="Leads per Member", digits=(16, 1), readonly=True, aggregator=None)
    customer_count = fields.Integer(
        string="Customers", readonly=True, help="Who ordered from the team in the last 12 months."
    )
    revenue = fields.Monetary(
        readonly=True, help="Untaxed amount of the team's orders of the last 12 months."
    )
    overlap_ids = fields.Many2many(
        "crm.lead", "sale_territory_line_overlap_rel", string="Overlapping Leads", readonly=True
    )
    overlap_count = fields.Integer(
        string="Overlap", readonly=True, help="Open leads that another territory takes as well."
    )
    outside_ids = fields.Many2many(
        "crm.lead", "sale_territory_line_outside_rel", string="Leads from Elsewhere", readonly=True
    )
    outside_count = fields.Integer(
        string="From Elsewhere",
        readonly=True,
        help="Open leads of the team that its territory does not take.",
    )

    @api.model
    def action_open_balance(self):
        """Measure the territories now and open the list of them."""
        lines = self.create(self._measure())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Territories"),
            "res_model": self._name,
            "views": [(False, "list")],
            "domain": [("id", "in", lines.ids)],
        }

    @api.model
    def _measure(self):
        """Return the values of a line for each team, and of one for what no team takes."""
        companies = self.env.companies
        teams = self.env["crm.team"].search([("company_id", "in", [False, *companies.ids])])
        is_open = Domain("won_status", "=", "pending") & Domain(
            "company_id", "in", [False, *companies.ids]
        )
        leads = self.env["crm.lead"]
        taken = {}
        for team in teams:
            domain = Domain(literal_eval(team.assignment_domain or "[]"))
            if not domain.is_true():
                taken[team] = set(leads.search(domain & is_open).ids)
        own = {
            team: set(some)
            for team, some in leads._read_group(is_open, ["team_id"], ["id:array_agg"])
        }
        orders = self._measure_orders(teams, companies)
        values = [
            self._prepare_line(number, team, taken, own.get(team, set()), orders.get(team, (0, 0)))
            for number, team in enumerate(teams)
        ]
        return values + self._prepare_gap(len(values), taken, own.get(leads.team_id, set()))

    @api.model
    def _measure_orders(self, teams, companies):
        """Return ``{team: (customers, revenue)}`` of a year; core converts to our currency."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)
        groups = self.env["sale.report"]._read_group(
            [
                ("team_id", "in", teams.ids),
                ("state", "=", "sale"),
                ("date", ">=", since),
                ("company_id", "in", companies.ids),
            ],
            ["team_id"],
            ["commercial_partner_id:count_distinct", "price_subtotal:sum"],
        )
        return {team: (customers, revenue) for team, customers, revenue in groups}

    @api.model
    def _prepare_line(self, number, team, taken, own, orders):
        members = len(team.member_ids)
        mine = taken.get(team)
        others = set().union(*(some for one, some in taken.items() if one != team))
        overlap = (mine or set()) & others
        outside = own - mine if mine is not None else set()
        customers, revenue = orders
        return {
            "sequence": number,
            "team_id": team.id,
            "name": team.name,
            "currency_id": self.env.company.currency_id.id,
            "member_count": members,
            "lead_ids": [(6, 0, sorted(own))],
            "lead_count": len(own),
            "load": len(own) / members if members else 0,
            "customer_count": customers,
            "revenue": revenue,
            "overlap_ids": [(6, 0, sorted(overlap))],
            "overlap_count": len(overlap),
            "outside_ids": [(6, 0, sorted(outside))],
            "outside_count": len(outside),
        }

    @api.model
    def _prepare_gap(self, number, taken, without):
        """Return a line for open leads without a team that no territory takes."""
        gap = without - set().union(*taken.values())
        return [
            {
                "sequence": number,
                "name": self.env._("No territory"),
                "currency_id": self.env.company.currency_id.id,
                "lead_ids": [(6, 0, sorted(gap))],
                "lead_count": len(gap),
            }
        ]

    def _open_leads(self, name, leads):
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {name}",
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", leads.ids)],
        }

    def action_open_leads(self):
        """Open the open leads of the team."""
        self.ensure_one()
        return self._open_leads(self.env._("Open Leads"), self.lead_ids)

    def action_open_overlap(self):
        """Open what another territory takes as well."""
        self.ensure_one()
        return self._open_leads(self.env._("Overlap"), self.overlap_ids)

    def action_open_outside(self):
        """Open what came from elsewhere."""
        self.ensure_one()
        return self._open_leads(self.env._("From Elsewhere"), self.outside_ids)
