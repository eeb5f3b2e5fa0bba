from datetime import timedelta

from odoo import api, fields, models

from ..models.sale_plan import LEAST_CASES

TILES = (
    *("leads", "won", "won_revenue", "average_deal", "win_rate", "lead_time"),
    *("calls", "meetings", "norms_kept"),
)


class SaleVersionCompare(models.TransientModel):
    """Sales before and after a version of the regulation, in windows of the same length (M6).

    It shows what differs, not why.
    """

    _name = "sale.version.compare"
    _description = "Before and After a Version"

    regulation_id = fields.Many2one(
        "sale.regulation",
        string="Version",
        required=True,
        domain=[("state", "in", ("in_force", "superseded"))],
        default=lambda self: self._get_latest(),
    )
    company_id = fields.Many2one(related="regulation_id.company_id")
    team_id = fields.Many2one("crm.team", string="Sales Team")
    days = fields.Integer(string="Days Each", required=True, default=90, aggregator=None)
    before_from = fields.Date(string="Before: from", compute="_compute_windows")
    before_to = fields.Date(string="Before: until", compute="_compute_windows")
    after_from = fields.Date(string="After: from", compute="_compute_windows")
    after_to = fields.Date(string="After: until", compute="_compute_windows")
    line_ids = fields.One2many("sale.version.compare.line", "compare_id", readonly=True)

    _days_enough = models.Constraint("CHECK (days > 0)", "The windows have one day at least.")

    @api.model
    def _get_latest(self):
        return self.env["sale.regulation"].search(
            [("state", "=", "in_force"), ("company_id", "=", self.env.company.id)], limit=1
        )

    @api.depends("regulation_id", "days")
    def _compute_windows(self):
        for compare in self:
            since = compare.regulation_id.in_force_since
            if not since:
                for name in ("before_from", "before_to", "after_from", "after_to"):
                    compare[name] = False
                continue
            company = compare.company_id
            start = company._get_day(since)
            # what is not over is as short before as after
            last = min(start + timedelta(days=compare.days - 1), company._get_today())
            compare.after_from, compare.after_to = start, last
            compare.before_from = start - (last - start) - timedelta(days=1)
            compare.before_to = start - timedelta(days=1)

    def action_compare(self):
        """Compute the figures of both windows."""
        self.ensure_one()
        board = self.env["sale.kpi.board"]
        scope = board._get_scope("month", self.team_id.id)._replace(company=self.company_id)
        before = scope._replace(first=self.before_from, last=self.before_to)
        after = scope._replace(first=self.after_from, last=self.after_to)
        self.line_ids.unlink()
        lines = []
        for key in TILES if self.after_from else ():
            old, new = (board._get_tile(key, window) for window in (before, after))
            if old and new:
                few = min(old["count"], new["count"]) < LEAST_CASES
                lines.append(
                    {
                        "compare_id": self.id,
                        "name": new["label"],
                        "before": old["text"],
                        "before_count": old["count"],
                        "after": new["text"],
                        "after_count": new["count"],
                        "note": self.env._("under %s cases", LEAST_CASES) if few else "",
                    }
                )
        self.env["sale.version.compare.line"].create(lines)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Before and After a Version"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class SaleVersionCompareLine(models.TransientModel):
    _name = "sale.version.compare.line"
    _description = "Before and After: Figure"
    _order = "id"

    compare_id = fields.Many2one("sale.version.compare", required=True, ondelete="cascade")
    name = fields.Char(string="Figure", readonly=True)
    before = fields.Char(readonly=True)
    before_count = fields.Integer(string="Cases Before", readonly=True, aggregator=None)
    after = fields.Char(readonly=True)
    after_count = fields.Integer(string="Cases After", readonly=True, aggregator=None)
    note = fields.Char(readonly=True)
