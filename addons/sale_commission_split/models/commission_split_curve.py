from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from .commission_split_plan import MONTHS, QUOTA_PAYS

SHARES = (40, 60, 80, 100, 120, 150)  # percent of a quota that the curve shows
WIDTH, HEIGHT = 480, 160  # pixels of the picture


class CommissionSplitComponent(models.Model):
    """What a window pays at some values: a picture for whoever writes the plan."""

    _inherit = "commission.split.component"

    @api.depends(
        *("pays", "step_mode", "step_values", "step_unit", "threshold", "cap", "window_kind"),
        *("step_ids.from_value", "step_ids.value", "rate_ids.percent", "rate_ids.amount"),
    )
    @api.depends_context("lang")
    def _compute_curve(self):
        for component in self:
            saved = component._origin
            target = saved and saved._get_example_target()
            points = saved and saved._get_curve(target)
            component.curve = bool(points) and component._render_curve(points, target)

    def _counts_by_quota(self):
        """Whether values are told in percents of the quota: a threshold is."""
        is_told = any(step.from_value for step in self.step_ids) or self.cap
        return self.step_unit == "quota" or self.pays in QUOTA_PAYS or not is_told

    def _get_curve(self, target):
        """Return what a window pays at some values, by the engine's own formula, as saved.

        Where a quota is asked for, values are percents of it.

        :param target: what the window pays when its quota is reached
        :return: ``[(value, pay), …]`` as numbers; empty where it is a straight line
        """
        self.ensure_one()
        starts = [step.from_value for step in self.step_ids if step.from_value]
        if not self.window_kind or not (starts or self.threshold or self.cap):
            return []
        rate = self.rate_ids[:1]
        slopes = {"percent": rate.percent / 100, "unit": rate.amount, "quota": target / 100}
        slope = slopes.get(self.pays, 0)
        if self._counts_by_quota():
            values = sorted({*SHARES, *starts})
        else:
            top = max(starts, default=self.cap / slope if slope else self.cap)
            values = sorted({top / 2, top, *starts, top * 1.5})
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                WITH measured AS (
                    SELECT %(component)s AS component_id, x, x * %(slope)s::numeric AS y, x AS b,
                           x AS bd, 100::numeric AS quota, %(target)s::numeric AS target,
                           %(unit)s::numeric AS unit
                      FROM unnest(%(values)s::numeric[]) AS x
                )
                SELECT x::float, (y + earned)::float FROM (%(paid)s) paid ORDER BY x
                """,
                component=self.id,
                slope=slope,
                target=target,
                unit=self.currency_id.rounding,
                values=values,
                paid=self.env["commission.split.engine"]._get_paid_sql(),
            )
        )

    def _get_example_target(self):
        """Return what an agreement promises for a window when its quota is reached; else 100."""
        agreement = self.env["commission.split.agreement"].search(
            [
                ("root_id", "=", self.plan_id.root_id),
                ("state", "=", "active"),
                ("target_year", ">", 0),
            ],
            limit=1,
        )
        part = (self.target_share or 100) / 100 * MONTHS.get(self.window_kind, 12) / 12
        return agreement.target_year * part or 100

    def _render_curve(self, points, target):
        """Return the points as a picture and a table, in the reader's format."""
        self.ensure_one()
        most_x = max(x for x, _pay in points) or 1
        most_pay = max(pay for _x, pay in points) or 1
        path = " ".join(
            f"{WIDTH * x / most_x:.0f},{HEIGHT - HEIGHT * pay / most_pay:.0f}"
            for x, pay in [(0, 0), *points]
        )
        picture = Markup(
            '<svg viewBox="-4 -4 %(width)s %(height)s" width="100%%" height="%(height)s"'
            ' class="text-primary mb-3" preserveAspectRatio="none">'
            '<polyline points="%(path)s" fill="none" stroke="currentColor" stroke-width="3"'
            ' vector-effect="non-scaling-stroke"/></svg>'
        ) % {"width": WIDTH + 8, "height": HEIGHT + 8, "path": path}
        by_quota = self._counts_by_quota()
        rows = [
            [
                f"{self._format(x)} %" if by_quota else self._format(x),
                self._format(pay),
                "–" if self.pays in QUOTA_PAYS else f"{self._format(100 * pay / x)} %",
            ]
            for x, pay in points
        ]
        if self.pays in QUOTA_PAYS:
            pays = self.env._("Pays (of a Target of %s)", self._format(target))
        elif by_quota:
            pays = self.env._("Pays (at a Quota of 100)")
        else:
            pays = self.env._("Pays")
        head = [
            self.env._("Of the Quota") if by_quota else self.env._("Reached"),
            pays,
            self.env._("Of What Was Reached"),
        ]
        return picture + self.env["commission.split.entry"]._render_table(head, rows)

    def _format(self, number):
        return formatLang(self.env, number, digits=0 if number == int(number) else 2)
