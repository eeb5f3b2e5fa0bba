from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("queued", "Waiting"),
    ("running", "Running"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("undone", "Undone"),
]
MANAGERS = "sale_abc_segmentation.sale_abc_segmentation_group_manager"
# said at each creation, so that no default of a context or person says otherwise
QUEUED = {
    "state": "queued",
    "previous_id": False,
    "matrix": False,
    "pareto": False,
    "movement": False,
    "subject_count": 0,
    "total_value": 0,
    "changed_count": 0,
    "published_count": 0,
}


class SaleAbcRun(models.Model):
    """One classing of all customers or products, with the settings of its day."""

    _name = "sale.abc.run"
    _description = "ABC/XYZ Run"
    _inherit = ["sale.abc.settings.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    profile_id = fields.Many2one(
        "sale.abc.profile", required=True, readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        STATES, string="Status", required=True, readonly=True, default="queued", copy=False
    )
    previous_id = fields.Many2one(
        "sale.abc.run",
        string="Compared with",
        readonly=True,
        help="The run whose classes held before: a class changes from there.",
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="Until", readonly=True)
    bucket_total = fields.Integer(string="Periods", readonly=True)
    season_factors = fields.Json(readonly=True)
    started_on = fields.Datetime(readonly=True)
    finished_on = fields.Datetime(readonly=True)
    duration = fields.Float(string="Seconds", digits=(10, 2), readonly=True, aggregator="avg")
    problem = fields.Text(readonly=True)
    result_ids = fields.One2many("sale.abc.result", "run_id", string="Results")
    subject_count = fields.Integer(string="Classed", readonly=True)
    total_value = fields.Float(
        string="Total",
        digits=(20, 4),
        readonly=True,
        groups=MANAGERS,
        help="Of the positive: who brought nothing or less takes nothing off.",
    )
    changed_count = fields.Integer(string="Changed Class", readonly=True)
    published_count = fields.Integer(
        string="Records Written",
        readonly=True,
        help="Customers or products whose class on the record changed with this run.",
    )

    @api.depends("profile_id", "date_to")
    def _compute_name(self):
        for run in self:
            day = fields.Date.to_string(run.date_to) if run.date_to else ""
            run.name = f"{run.profile_id.name or ''} {day}".strip()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        """A new run has settings and waits: all else comes from carrying it out."""
        known = {*self._get_settings_fields(), "profile_id", "date_from", "date_to"}
        known |= {"bucket_total", "season_factors"}
        return super().create(
            [
                {**{name: value for name, value in vals.items() if name in known}, **QUEUED}
                for vals in vals_list
            ]
        )

    def write(self, vals):  # pylint: disable=method-required-super
        """A run keeps the settings that it had: its figures follow from them."""
        raise UserError(self.env._("A run is not changed: change the profile and run it anew."))

    def _set(self, vals):
        """Write what the run itself decides."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    @api.ondelete(at_uninstall=False)
    def _unlink_except_executed(self):
        for run in self:
            if run.state not in ("queued", "failed"):
                raise UserError(
                    self.env._(
                        "Run %(run)s stays, as the classes of that time do: undo it if they are"
                        " not to hold.",
                        run=run.name,
                    )
                )

    # === ACTIONS === #

    def action_retry(self):
        """Let the job try a failed run again."""
        for run in self:
            if run.state != "failed":
                raise UserError(self.env._("Run %(run)s has not failed.", run=run.name))
            last = run.profile_id.last_run_id
            if last and last.date_to > run.date_to:
                raise UserError(
                    self.env._(
                        "Run %(run)s is older than %(last)s, whose classes hold: run the profile"
                        " anew.",
                        run=run.name,
                        last=last.name,
                    )
                )
            run._set({"state": "queued", "problem": False})
        self.env.ref("sale_abc_segmentation.ir_cron_abc")._trigger()

    def action_undo(self):
        """Take the classes back to what held before this run; its results stay for the record."""
        for run in self:
            run.profile_id._lock_for_run()
            last = run.profile_id.last_run_id
            if run != last:
                raise UserError(
                    self.env._(
                        "Run %(run)s is not the last one of its profile: undo %(last)s first.",
                        run=run.name,
                        last=last.name,
                    )
                    if run.state == "done"
                    else self.env._("Run %(run)s is not done.", run=run.name)
                )
            run._set({"state": "undone"})
            run.profile_id.sudo().last_run_id = run.previous_id
            run.profile_id._publish()

    def action_open_results(self):
        """The list of what was found."""
        self.ensure_one()
        return self._open_results(self.env._("Results of %(run)s", run=self.name))

    @api.readonly
    def action_open_cell(self, abc_class, xyz_class=False, status=False):
        """The results of one cell of the matrix."""
        self.ensure_one()
        domain = [("abc_class", "=", abc_class), ("xyz_class", "=", xyz_class)]
        if status:
            domain.append(("status", "=", status))
        cell = f"{abc_class}{xyz_class or ''}"
        return self._open_results(
            self.env._("%(cell)s of %(run)s", cell=cell, run=self.name), domain
        )

    @api.readonly
    def action_open_moved(self, before, now):
        """Those who went from one class to another since the run before."""
        self.ensure_one()
        return self._open_moved(self.previous_id, before, now)

    @api.readonly
    def action_open_moved_since(self, before_id, before, now):
        """Those who went from one class to another since another run."""
        self.ensure_one()
        if type(before_id) is not int:
            raise UserError(self.env._("Choose the run to compare with."))
        return self._open_moved(self.browse(before_id), before, now)

    def _open_moved(self, before_run, before, now):
        """What this run found about them or, of those who are gone, the run before."""
        subject = "product_tmpl_id" if self.subject == "product" else "partner_id"
        path = f"{subject}.abc_result_ids"
        if not now:
            gone = [(path, "not any", [("run_id", "=", self.id)]), ("abc_class", "=", before)]
            return before_run._open_results(self.env._("%(before)s → gone", before=before), gone)
        held = [("run_id", "=", before_run.id)]
        domain = [("abc_class", "=", now)]
        if before:
            domain.append((path, "any", [*held, ("abc_class", "=", before)]))
            name = f"{before} → {now}"
        else:
            domain.append((path, "not any", held))
            name = self.env._("new → %(now)s", now=now)
        return self._open_results(name, domain)

    def action_compare(self):
        """Put two chosen runs, or this one and the one before, beside each other."""
        if len(self.profile_id) != 1 or len(self) > 2:
            raise UserError(self.env._("Choose one or two runs of the same profile to compare."))
        runs = self.sorted("id")
        before = runs[0] if len(runs) == 2 else runs.previous_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Comparison of Runs"),
            "res_model": "sale.abc.comparison",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_profile_id": runs.profile_id.id,
                "default_before_id": before.id,
                "default_after_id": runs[-1].id,
            },
        }

    def _open_results(self, name, domain=()):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "sale.abc.result",
            "views": [(False, "list"), (False, "graph"), (False, "pivot"), (False, "form")],
            "domain": [("run_id", "=", self.id), *domain],
            "context": {"create": False, "abc_subject": self.subject},
        }
