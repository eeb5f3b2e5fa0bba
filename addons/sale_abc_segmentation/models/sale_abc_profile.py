from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

INTERVALS = [("week", "Every Week"), ("month", "Every Month"), ("quarter", "Every Quarter")]
STEPS = {"week": {"weeks": 1}, "month": {"months": 1}, "quarter": {"months": 3}}


class SaleAbcProfile(models.Model):
    """How customers or products are classed: what is measured, when, and for whom (A1, A4)."""

    _name = "sale.abc.profile"
    _description = "ABC/XYZ Profile"
    _inherit = ["sale.abc.settings.mixin", "mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_published = fields.Boolean(
        string="Shown on the Records",
        default=True,
        copy=False,
        help="The classes of this profile are the ones that customers or products carry. One"
        " profile for each company and kind of subject.",
    )
    interval = fields.Selection(INTERVALS, string="Schedule", help="Empty: only by hand.")
    next_date = fields.Date(
        string="Next Run",
        compute="_compute_next_date",
        store=True,
        readonly=False,
        copy=False,
    )
    day_zone = fields.Selection(related="company_id.day_zone")
    season_ids = fields.One2many("sale.abc.season", "profile_id", copy=True)
    run_ids = fields.One2many("sale.abc.run", "profile_id")
    run_count = fields.Integer(compute="_compute_run_count")
    last_run_id = fields.Many2one(
        "sale.abc.run",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The run whose classes hold.",
    )
    last_date_to = fields.Date(related="last_run_id.date_to", string="Classed Until")

    @api.depends("interval")
    def _compute_next_date(self):
        for profile in self:
            if not profile.interval:
                profile.next_date = False
            elif not profile.next_date:
                profile.next_date = profile._get_today()

    @api.depends("run_ids")
    def _compute_run_count(self):
        counted = dict(
            self.env["sale.abc.run"]._read_group(
                [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
            )
        )
        for profile in self:
            profile.run_count = counted.get(profile._origin, 0)

    @api.constrains("is_published", "subject", "company_id", "company_ids", "active")
    def _check_published_once(self):
        for profile in self.filtered(lambda one: one.is_published and one.active):
            others = self.sudo().search(
                [
                    ("is_published", "=", True),
                    ("subject", "=", profile.subject),
                    ("id", "!=", profile.id),
                ]
            )
            companies = profile._get_companies()
            rival = others.filtered(lambda other: other._get_companies() & companies)[:1]  # noqa: B023
            if rival:
                raise UserError(
                    self.env._(
                        "%(profile)s: the classes of %(rival)s are shown for the same company."
                        " Switch “Shown on the Records” off there, or here.",
                        profile=profile.name,
                        rival=rival.name,
                    )
                )

    # === ACTIONS === #

    def action_run(self):
        """Class anew, now, and show what came out."""
        return self._run_for()._get_records_action()

    def _run_for(self, day=None):
        """Class as of a day, today by default; return the run."""
        self.ensure_one()
        self._lock_for_run()
        run = self._create_run(day)
        run._execute()
        return run

    def _lock_for_run(self):
        """One run at a time: the classes of each start from those of the one before."""
        if not self.sudo().try_lock_for_update():
            raise UserError(
                self.env._(
                    "%(profile)s is being run by somebody else just now: wait for the result.",
                    profile=self.name,
                )
            )

    def _create_run(self, day=None):
        """Whoever may carry out runs gets one with the settings of the profile, and no other."""
        self.ensure_one()
        self.check_access("read")
        runs = self.env["sale.abc.run"]
        runs.check_access("write")
        return runs.browse(runs.sudo().create(self._prepare_run_values(day)).id)

    def _prepare_run_values(self, day=None):
        """The settings as they are now, frozen for a run.

        :param day: the run counts whole periods before it, today by default
        """
        self.ensure_one()
        day = day or self._get_today()
        date_from, date_to, count = self._get_window(day)
        settings = {}
        for name in self._get_settings_fields():
            value = self[name]
            field = self._fields[name]
            if field.type == "many2many":
                value = [Command.set(value.ids)]
            elif field.type == "many2one":
                value = value.id
            settings[name] = value
        return {
            **settings,
            "profile_id": self.id,
            "date_from": date_from,
            "date_to": date_to,
            "bucket_total": count,
            "rate_date": self.rate_date or date_to,
            "season_factors": self._get_season_factors(),
        }

    def _get_season_factors(self):
        """Twelve factors, January first, or False where the season does not count."""
        self.ensure_one()
        if not self.use_season:
            return False
        factors = {season.month: season.factor for season in self.season_ids}
        return [factors.get(f"{month:02}", 1.0) for month in range(1, 13)]

    def action_measure_season(self):
        """Take the factors of the months from the sales of up to the last three whole years."""
        self.ensure_one()
        totals = self._get_month_totals()
        if len(totals) < 12:
            raise UserError(
                self.env._(
                    "%(profile)s: the season is measured on whole years in which something was"
                    " invoiced in each month, and there is none. Enter the factors by hand.",
                    profile=self.name,
                )
            )
        mean = sum(totals.values()) / 12
        self.season_ids = [
            Command.clear(),
            *(
                Command.create({"month": month, "factor": total / mean})
                for month, total in sorted(totals.items())
            ),
        ]

    def _get_month_totals(self):
        """What was sold in each month of the year, over whole years before the last day."""
        run = self.env["sale.abc.run"].new(self._prepare_run_values())
        end = (run.date_to + relativedelta(days=1)).replace(day=1)
        rows = self.env.execute_query(
            SQL(
                """SELECT to_char(day, 'MM'), sum(amount)
                     FROM (%s) fact
                    WHERE day >= %s AND day < %s
                    GROUP BY 1 HAVING sum(amount) > 0""",
                run._get_facts_query(),
                end - relativedelta(years=self._count_whole_years(end)),
                end,
            )
        )
        return {month: float(total) for month, total in rows}

    def _count_whole_years(self, end):
        """Up to three, as many as there are since the first invoice."""
        ((first,),) = self.env.execute_query(
            SQL(
                "SELECT min(invoice_date) FROM account_move WHERE state = 'posted' AND"
                " move_type IN ('out_invoice', 'out_receipt') AND company_id = ANY(%s)",
                self._get_companies().ids,
            )
        )
        months = first and (end.year - first.year) * 12 + end.month - first.month
        return min(3, (months or 0) // 12)

    def action_preview(self):
        """Show how many would fall where, by each period."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of %(profile)s", profile=self.name),
            "res_model": "sale.abc.preview",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_profile_id": self.id},
        }

    def action_open_runs(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs of %(profile)s", profile=self.name),
            "res_model": "sale.abc.run",
            "view_mode": "list,form,graph,pivot",
            "domain": [("profile_id", "=", self.id)],
            "context": {"create": False},
        }

    # === SCHEDULE === #

    def _prepare_next_date(self, today):
        """The first date of the rhythm that lies after today."""
        self.ensure_one()
        step, day = relativedelta(**STEPS[self.interval]), self.next_date
        while day <= today:
            day += step
        return day
