from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.sale_audit_trail.fingerprint import fingerprint

PAY_OUTS = [("payroll", "Payroll"), ("bill", "Vendor Bill")]
AFTER_LEAVING = [("keep", "Kept"), ("days", "Kept for Some Days"), ("forfeit", "Forfeited")]
LOW_BASE = 30  # percent of the whole pay; below it stars stay away


class CommissionSplitAgreement(models.Model):
    """What somebody is promised: plan, target, base pay and pay-out; he signs it (S5)."""

    _name = "commission.split.agreement"
    _inherit = ["mail.thread", "sale.audit.guard"]
    _description = "Commission Agreement"
    _order = "person_id, date_from desc, id desc"
    _check_company_auto = True

    person_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict", index=True, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_id = fields.Many2one(
        "commission.split.plan",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain=[("kind", "=", "person"), ("state", "=", "approved")],
        help="Of its versions that one holds which does on the day of a document.",
    )
    root_id = fields.Integer(related="plan_id.root_id", store=True, index=True, aggregator=None)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Force"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    role_id = fields.Many2one(
        "commission.split.role",
        ondelete="restrict",
        help="Only deals in which the person has this role. Empty: any.",
    )
    team_id = fields.Many2one("crm.team", check_company=True, ondelete="restrict")
    customer_ids = fields.Many2many(
        "res.partner",
        "commission_split_agreement_partner_rel",
        "agreement_id",
        "partner_id",
        string="Customers",
        domain=[("parent_id", "=", False)],
        help="The person's account list, for components that pay for it.",
    )
    overlap_ids = fields.Many2many(
        "res.partner", string="In Other Lists Too", compute="_compute_overlap_ids"
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._get_today().replace(day=1),
        tracking=True,
    )
    date_to = fields.Date(string="Until", tracking=True, help="The last day.")
    base_pay = fields.Monetary(string="Base Pay per Month")
    target_year = fields.Monetary(
        string="Variable Target per Year", help="What is earned when every quota is just reached."
    )
    ote = fields.Monetary(
        string="On-Target Earnings per Year", compute="_compute_ote", help="Base and target."
    )
    base_share = fields.Float(string="Base, %", compute="_compute_ote")
    is_base_low = fields.Boolean(compute="_compute_ote")
    rate_factor = fields.Float(
        digits=(16, 6),
        default=1.0,
        aggregator=None,
        help="Multiplies the rates of the plan for this person.",
    )
    guarantee = fields.Monetary(
        string="Guarantee per Month", help="What at least is paid, until the day below."
    )
    guarantee_until = fields.Date(string="Guaranteed Until")
    is_recoverable = fields.Boolean(
        string="Recoverable Draw", help="What the guarantee added is taken back from later months."
    )
    pay_out = fields.Selection(
        PAY_OUTS,
        required=True,
        compute="_compute_pay_out",
        store=True,
        readonly=False,
        precompute=True,
    )
    payee_id = fields.Many2one(
        "res.partner", string="Paid to", help="The firm that bills. Empty: the person."
    )
    after_leaving = fields.Selection(
        AFTER_LEAVING,
        required=True,
        default="keep",
        help="What happens to commission for which the customer pays after the last day.",
    )
    after_days = fields.Integer(string="Days Kept", aggregator=None)
    quota_ids = fields.One2many("commission.split.quota", "agreement_id", string="Quotas")
    acceptance_ids = fields.One2many(
        "commission.split.acceptance",
        "res_id",
        domain=[("res_model", "=", "commission.split.agreement")],
        string="Signatures",
        readonly=True,
    )
    digest = fields.Char(string="Fingerprint", compute="_compute_signature")
    is_signed = fields.Boolean(string="Signed", compute="_compute_signature")
    is_mine = fields.Boolean(compute="_compute_is_mine")
    content = fields.Html(string="What Is Signed", compute="_compute_content")

    _dates = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "An agreement cannot end before it begins.",
    )

    @api.model
    def _get_system_fields(self):
        return {"state"}

    @api.depends("person_id", "plan_id")
    def _compute_display_name(self):
        for agreement in self:
            names = (agreement.person_id.name, agreement.plan_id.sudo().name)
            agreement.display_name = ", ".join(filter(None, names))

    @api.depends("person_id")
    def _compute_pay_out(self):
        """Who has a login is paid with the wages, others by a bill."""
        for agreement in self:
            if not agreement.pay_out or not agreement._origin.id:
                users = agreement.person_id.with_context(active_test=False).user_ids
                is_own = any(not user.share for user in users)
                agreement.pay_out = "payroll" if is_own else "bill"

    @api.depends("base_pay", "target_year")
    def _compute_ote(self):
        for agreement in self:
            base = 12 * agreement.base_pay
            agreement.ote = base + agreement.target_year
            agreement.base_share = 100 * base / agreement.ote if agreement.ote else 100
            agreement.is_base_low = bool(
                agreement.target_year and base and agreement.base_share < LOW_BASE
            )

    @api.depends("customer_ids", "date_from", "date_to", "state")
    def _compute_overlap_ids(self):
        for agreement in self:
            others = self.search(
                [
                    ("company_id", "=", agreement.company_id.id),
                    ("root_id", "=", agreement.root_id),
                    ("person_id", "!=", agreement.person_id.id),
                    ("customer_ids", "in", agreement.customer_ids._origin.ids),
                    ("state", "!=", "cancelled"),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", agreement.date_from),
                ]
            )
            agreement.overlap_ids = others.customer_ids & agreement.customer_ids._origin

    @api.depends("acceptance_ids.digest", "plan_id", "date_from", "target_year", "rate_factor")
    def _compute_signature(self):
        for agreement in self:
            agreement.digest = fingerprint(agreement.sudo()._get_content())
            signed = agreement.sudo().acceptance_ids.filtered(
                lambda one, agreement=agreement: (
                    one.person_id == agreement.person_id and one.digest == agreement.digest
                )
            )
            agreement.is_signed = bool(signed)

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for agreement in self:
            agreement.is_mine = agreement.person_id == self.env.user.partner_id

    @api.depends_context("lang")
    def _compute_content(self):
        for agreement in self:
            agreement.content = self.env["ir.qweb"]._render(
                "sale_commission_split.commission_split_agreement_content",
                {"agreement": agreement.sudo(), "plan": agreement.sudo()._get_plan()},
            )

    @api.constrains("person_id", "root_id", "role_id", "date_from", "date_to", "state")
    def _check_overlap(self):
        for one in self.filtered(lambda agreement: agreement.state != "cancelled"):
            other = self.search(
                [
                    ("id", "!=", one.id),
                    ("state", "!=", "cancelled"),
                    ("company_id", "=", one.company_id.id),
                    ("person_id", "=", one.person_id.id),
                    ("root_id", "=", one.root_id),
                    ("role_id", "=", one.role_id.id),
                    ("date_from", "<=", one.date_to or "9999-12-31"),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", one.date_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(person)s has an agreement on this plan since %(day)s already: end it"
                        " first.",
                        person=one.person_id.name,
                        day=other.date_from,
                    )
                )

    def write(self, vals):
        if self._get_content_fields() & vals.keys():
            active = self.filtered(lambda one: one.state == "active")
            if active and not self.env.su:
                raise UserError(
                    self.env._(
                        "%s is in force: end it and enter another one, so that what was promised"
                        " stays readable.",
                        active[:1].display_name,
                    )
                )
        result = super().write(vals)
        if {"date_to", "after_leaving", "after_days"} & vals.keys():
            self.env["commission.split.todo"]._add_all(self.company_id)
        return result

    @api.model
    def _get_content_fields(self):
        return {
            *("person_id", "company_id", "plan_id", "role_id", "team_id", "date_from"),
            *("target_year", "rate_factor", "guarantee", "is_recoverable", "customer_ids"),
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        for agreement in self:
            if agreement.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was in force: enter its last day instead of deleting it.",
                        agreement.display_name,
                    )
                )

    def action_activate(self):
        """Let agreements hold; the engine looks at the documents since their first day."""
        self.check_access("write")
        for agreement in self:
            if agreement.state != "draft":
                raise UserError(self.env._("%s is no draft.", agreement.display_name))
            if agreement.person_id == self.env.user.partner_id and not self.env.su:
                raise UserError(self.env._("Somebody else puts your own agreement in force."))
        self.sudo().state = "active"
        self.env["commission.split.todo"]._add_all(self.company_id)

    def action_cancel(self):
        """Take agreements back as if they had never been."""
        self.check_access("write")
        self.sudo().state = "cancelled"
        self.env["commission.split.todo"]._add_all(self.company_id)

    def action_sign(self):
        """Sign as the person of the agreement; the signature holds for what is shown now."""
        self.ensure_one()
        if not self.is_mine:
            raise UserError(self.env._("%s signs this agreement himself.", self.person_id.name))
        self.env["commission.split.acceptance"]._accept(self, self.digest)

    def _get_plan(self, day=None):
        """Return the version of the plan that holds on a day."""
        self.ensure_one()
        day = day or self.company_id._get_today()
        day = min(day, self.date_to or day)  # a version of after the last day is not its own
        versions = self.env["commission.split.plan"].search(
            [("root_id", "=", self.root_id), ("state", "=", "approved")], order="date_from desc"
        )
        held = versions.filtered(lambda version: version.date_from <= max(day, self.date_from))
        return held[:1] or versions[-1:]

    def _get_content(self):
        """Return what the person signs, in plain values."""
        self.ensure_one()
        return {
            "person": self.person_id.id,
            "plan": self._get_plan().digest,
            "role": self.role_id.id,
            "team": self.team_id.id,
            "from": str(self.date_from),
            "target": self.target_year,
            "factor": self.rate_factor,
            "guarantee": [self.guarantee, str(self.guarantee_until or ""), self.is_recoverable],
            "after": [self.after_leaving, self.after_days],
        }


class CommissionSplitAcceptance(models.Model):
    """A signature: who accepted which content and when. It holds while the content is that."""

    _name = "commission.split.acceptance"
    _inherit = ["sale.audit.row"]
    _description = "Signature"
    _order = "id desc"
    _rec_name = "person_id"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    person_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    signed_on = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    digest = fields.Char(string="Fingerprint", required=True, readonly=True)

    _record_index = models.Index("(res_model, res_id)")

    def _get_system_fields(self):
        return set(self._fields) - set(models.MAGIC_COLUMNS)

    @api.model
    def _accept(self, record, digest):
        """Enter that the user accepts a record's content."""
        return self.sudo().create(
            {
                "res_model": record._name,
                "res_id": record.id,
                "person_id": self.env.user.partner_id.id,
                "user_id": self.env.uid,
                "digest": digest,
            }
        )


class CommissionSplitQuota(models.Model):
    """How much a person or a team has to reach in a window. A change is a new row with a reason.

    The effective quota is amount × driver (actual by planned, within its limits) × ramp × the
    part of the window in which the person is there.
    """

    _name = "commission.split.quota"
    _inherit = ["mail.thread", "sale.audit.guard"]
    _description = "Quota"
    _order = "window_date desc, component_id, agreement_id, id desc"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        "commission.split.agreement", ondelete="restrict", index=True, check_company=True
    )
    person_id = fields.Many2one(related="agreement_id.person_id", store=True, index=True)
    team_id = fields.Many2one("crm.team", ondelete="restrict", check_company=True)
    component_id = fields.Many2one(
        "commission.split.component",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("kind", "=", "person")],
    )
    company_id = fields.Many2one(related="component_id.company_id", store=True)
    window_date = fields.Date(string="Window from", required=True, help="Its first day.")
    amount = fields.Float(string="Quota", digits=(16, 2), required=True, aggregator=None)
    planned = fields.Float(string="Driver, Planned", digits=(16, 2), aggregator=None)
    actual = fields.Float(string="Driver, Actual", digits=(16, 2), aggregator=None)
    elastic_min = fields.Float(string="At Least", digits=(16, 6), default=1, aggregator=None)
    elastic_max = fields.Float(string="At Most", digits=(16, 6), default=1, aggregator=None)
    ramp = fields.Float(string="Ramp, %", digits=(16, 6), default=100, aggregator=None)
    active_days = fields.Integer(aggregator=None)
    total_days = fields.Integer(string="Days of the Window", aggregator=None)
    effective = fields.Float(
        string="Effective Quota",
        digits=(16, 2),
        compute="_compute_effective",
        store=True,
        aggregator=None,
    )
    is_current = fields.Boolean(default=True, readonly=True, copy=False)
    reason = fields.Char()

    _current_unique = models.UniqueIndex(
        "(coalesce(agreement_id, 0), coalesce(team_id, 0), component_id, window_date)"
        " WHERE is_current",
        "There is a quota for this window already: change it with a reason.",
    )
    _whose = models.Constraint(
        "CHECK (agreement_id IS NOT NULL OR team_id IS NOT NULL)",
        "A quota belongs to an agreement or to a team.",
    )
    _amount_positive = models.Constraint("CHECK (amount > 0)", "A quota is above zero.")

    @api.model
    def _get_system_fields(self):
        return {"is_current"}

    @api.depends("person_id", "team_id", "component_id", "window_date")
    def _compute_display_name(self):
        for quota in self:
            whose = quota.person_id.name or quota.team_id.name or ""
            quota.display_name = f"{whose}, {quota.component_id.name}, {quota.window_date or ''}"

    @api.depends(
        *("amount", "planned", "actual", "elastic_min", "elastic_max", "ramp"),
        *("active_days", "total_days"),
    )
    def _compute_effective(self):
        for quota in self:
            quota.effective = quota._get_effective()

    def _get_effective(self):
        """Compute the quota that counts.

        See `commission.md`, 4.7: amount × clamp(actual / planned) × ramp × active / total days.
        """
        self.ensure_one()
        driver = self.actual / self.planned if self.planned else 1
        if self.planned:
            driver = min(max(driver, self.elastic_min), self.elastic_max)
        part = self.active_days / self.total_days if self.total_days else 1
        return self.amount * driver * self.ramp / 100 * part

    @api.constrains("window_date", "component_id")
    def _check_window(self):
        """A window begins on its first day."""
        for quota in self:
            first = quota.component_id._get_window_start(quota.window_date)
            if first != quota.window_date:
                raise ValidationError(
                    self.env._(
                        "The window of “%(component)s” begins on %(day)s.",
                        component=quota.component_id.name,
                        day=first,
                    )
                )

    def write(self, vals):
        """Keep the former quota: a change is a new row."""
        frozen = vals.keys() & self._get_amount_fields()
        if frozen and not self.env.su:
            for quota in self:
                quota._check_open()
                if not (vals.get("reason") or "").strip():
                    raise UserError(
                        self.env._("Say why the quota “%s” changes.", quota.display_name)
                    )
                former = quota.sudo().copy({"reason": quota.reason, "is_current": False})
                former.is_current = False
                quota.message_post(
                    body=self.env._(
                        "Quota changed from %(amount)s: %(reason)s",
                        amount=former.effective,
                        reason=vals["reason"],
                    )
                )
        result = super().write(vals)
        if frozen:
            self._let_count()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        quotas = super().create(vals_list)
        quotas.filtered("is_current")._let_count()
        return quotas

    def _let_count(self):
        """Let the windows of the quotas be reckoned anew, and the documents where it is a rate.

        Windows of records, such as leads, have no document by which the engine would find them.
        """
        self.env["commission.split.todo"]._add_all(self.company_id)
        entries = self.env["commission.split.entry"].sudo()
        keys = set()
        for quota in self.sudo():
            component = quota.component_id
            of_team = [
                ("team_id", "=", quota.team_id.id),
                ("root_id", "=", component.plan_id.root_id),
            ]
            agreements = quota.agreement_id or quota.agreement_id.search(of_team)
            groups = entries._read_group(
                [
                    ("kind", "=", "doc"),
                    ("person_id", "in", agreements.person_id.ids),
                    ("window_date", "=", quota.window_date),
                    ("component_id.root_id", "=", component.root_id),
                    ("component_id.plan_id.root_id", "=", component.plan_id.root_id),
                ],
                ["component_id", "person_id"],
            )
            keys.update((one.id, person.id, quota.window_date) for one, person in groups)
        if keys:
            self.env.flush_all()
            engine = self.env["commission.split.engine"].sudo()
            for company in self.company_id:
                engine._hold_company(company, company._get_today())
            engine._enter_windows(sorted(keys))
            entries.invalidate_model(flush=False)

    @api.model
    def _get_amount_fields(self):
        return {
            *("amount", "planned", "actual", "elastic_min", "elastic_max", "ramp"),
            *("active_days", "total_days", "agreement_id", "team_id", "component_id"),
            "window_date",
        }

    def _check_open(self):
        """Refuse to change the quota of a window whose last month is closed.

        :raise UserError: names the quota
        """
        self.ensure_one()
        last = self.component_id._get_window_end(self.window_date)
        period = self.env["commission.split.period"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "<=", last),
                ("date_to", ">=", last),
                ("state", "=", "closed"),
            ],
            limit=1,
        )
        if period:
            raise UserError(
                self.env._(
                    "The window of “%s” is closed: its quota does not change any more.",
                    self.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        for quota in self:
            quota._check_open()
