from odoo import api, fields, models
from odoo.exceptions import AccessError

DAYS = 30


class SaleViolation(models.Model):
    """When and with whom norms are violated: persons by the hours of the day (G10)."""

    _inherit = "sale.violation"

    @api.model
    def _get_heat_domain(self, days):
        return [
            ("kind", "in", ("breach", "late_report")),
            ("state", "!=", "withdrawn"),
            ("is_trial", "=", False),
            ("happened_at", ">=", fields.Datetime.subtract(fields.Datetime.now(), days=days)),
            ("company_id", "in", self.env.companies.ids),
        ]

    @api.model
    def get_heat_map(self, days=DAYS):
        """Count violations of the last days by person and hour, in the company's day.

        :return: ``{"domain": …, "tz": …, "highest": …, "rows": [{"user_id", "name", "counts",
            "total"}]}`` with a count for each hour from 0 to 23, the most violations first
        """
        self._check_heat_reader()
        days = days if isinstance(days, int) and 0 < days <= 3660 else DAYS
        zone = self.env.company.day_zone
        domain = self._get_heat_domain(days)
        counts = {}
        groups = self.with_context(tz=zone)._read_group(
            domain, ["user_id", "happened_at:hour_number"], ["__count"]
        )
        for user, hour, count in groups:
            counts.setdefault(user, [0] * 24)[int(hour)] += count
        rows = [
            {
                "user_id": user.id,
                "name": user.name or self.env._("Nobody"),
                "counts": hours,
                "total": sum(hours),
            }
            for user, hours in counts.items()
        ]
        return {
            "domain": domain,
            "tz": zone,
            "highest": max((max(row["counts"]) for row in rows), default=0),
            "rows": sorted(rows, key=lambda row: (-row["total"], row["name"])),
        }

    @api.model
    def _check_heat_reader(self):
        if not self.env.user.has_group("sale_pipeline_rules.sale_pipeline_group_head"):
            raise AccessError(self.env._("Only a head of sales sees the violations of all."))
