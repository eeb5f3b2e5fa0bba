from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.sale_audit_trail.fingerprint import fingerprint
from odoo.addons.sale_audit_trail.locking import lock_rows

from .commission_split_plan import BUSINESS
from .commission_split_policy import METHODS

ORIGINS = [("proposed", "Proposed"), ("decided", "Decided")]


class CommissionSplitDeal(models.Model):
    """A deal whose commission is shared: an order, or an invoice without one (S1)."""

    _name = "commission.split.deal"
    _description = "Deal"
    _inherit = ["mail.thread", "sale.audit.guard"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null")
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True, ondelete="set null")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="set null"
    )
    team_id = fields.Many2one("crm.team", readonly=True, ondelete="set null")
    date = fields.Date(required=True, readonly=True)
    business = fields.Selection(
        BUSINESS,
        tracking=True,
        help="Empty: told line by line by what the customer has bought before.",
    )
    sharing_ids = fields.One2many("commission.split.sharing", "deal_id", readonly=True)
    sharing_id = fields.Many2one(
        "commission.split.sharing", string="Sharing in Force", compute="_compute_sharing_id"
    )
    participant_ids = fields.One2many(
        "commission.split.participant", string="Participants", compute="_compute_sharing_id"
    )
    entry_ids = fields.One2many("commission.split.entry", "deal_id", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_led = fields.Boolean(
        compute="_compute_is_led", help="Whether the reader may change the shares."
    )
    earned = fields.Monetary(compute="_compute_amounts")
    payable = fields.Monetary(compute="_compute_amounts")

    _order_unique = models.UniqueIndex("(order_id) WHERE order_id IS NOT NULL")
    _move_unique = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL")

    @api.model
    def _get_system_fields(self):
        return {
            "name",
            "company_id",
            "order_id",
            "move_id",
            "partner_id",
            "team_id",
            "date",
        }

    @api.depends("sharing_ids.state", "sharing_ids.participant_ids")
    def _compute_sharing_id(self):
        for deal in self:
            deal.sharing_id = deal.sharing_ids.filtered(lambda one: one.state == "in_force")[-1:]
            deal.participant_ids = deal.sharing_id.participant_ids

    @api.depends("entry_ids.earned", "entry_ids.payable")
    def _compute_amounts(self):
        sums = {
            deal.id: amounts
            for deal, *amounts in self.env["commission.split.entry"]._read_sums(
                [("deal_id", "in", self.ids)], ["deal_id"], ["earned", "payable"]
            )
        }
        for deal in self:
            deal.earned, deal.payable = sums.get(deal.id, (0, 0))

    @api.depends_context("uid")
    @api.depends("team_id.user_id")
    def _compute_is_led(self):
        is_administrator = self.env.user.has_group(
            "sale_commission_split.commission_split_group_administrator"
        )
        for deal in self:
            leader = deal.sudo().team_id.user_id
            deal.is_led = is_administrator or self.env.user == leader

    def action_split(self):
        """Propose another sharing, as a draft with the participants of today."""
        self.ensure_one()
        draft = self.sharing_ids.filtered(lambda one: one.state == "draft" and not one.dispute_id)[
            :1
        ]
        if not draft:
            now = self.sharing_id
            draft = self.env["commission.split.sharing"].create(
                {
                    "deal_id": self.id,
                    "method": now.method or "weights",
                    "participant_ids": [
                        (
                            0,
                            0,
                            {
                                "person_id": one.person_id.id,
                                "role_id": one.role_id.id,
                                "weight": one.weight,
                                "evidence": one.evidence,
                            },
                        )
                        for one in now.participant_ids
                    ],
                }
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": draft._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }

    def action_bring_up_to_date(self):
        """Let the engine look at the documents of the deals now."""
        engine = self.env["commission.split.engine"].sudo()
        engine._follow(self.sudo()._get_document_ids())

    def _get_document_ids(self):
        """Return the ids of invoices and credit notes of the deals."""
        moves = self.move_id | self.order_id.invoice_ids
        credited = self.env["commission.split.credit"].search([("deal_id", "in", self.ids)])
        return sorted({*moves.ids, *credited.mapped("source_id")})


class CommissionSplitSharing(models.Model):
    """Who took part in a deal and with which weight, from a day on (S2).

    What is in force is not changed: another sharing takes its place, for the whole deal or from a
    day, and the engine enters the difference.
    """

    _name = "commission.split.sharing"
    _description = "Sharing of a Deal"
    _inherit = ["sale.audit.guard"]
    _order = "deal_id, date_from nulls first, number, id"
    _check_company_auto = True

    deal_id = fields.Many2one(
        "commission.split.deal", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="deal_id.company_id", store=True, index=True)
    number = fields.Integer(readonly=True, default=1, aggregator=None)
    date_from = fields.Date(string="From", help="Of documents from this day on. Empty: of all.")
    method = fields.Selection(METHODS, required=True, default="weights")
    policy_id = fields.Many2one("commission.split.policy", readonly=True, ondelete="restrict")
    state = fields.Selection(
        [("draft", "Draft"), ("in_force", "In Force"), ("superseded", "Superseded")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    reason = fields.Char(help="Why the shares change.")
    participant_ids = fields.One2many("commission.split.participant", "sharing_id", copy=True)
    digest = fields.Char(string="Fingerprint", readonly=True, copy=False)
    approver_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")

    @api.model
    def _get_system_fields(self):
        return {"number", "policy_id", "state", "digest", "approver_id"}

    @api.depends("deal_id.name", "number")
    def _compute_display_name(self):
        for sharing in self:
            sharing.display_name = f"{sharing.deal_id.name} / {sharing.number}"

    @api.model_create_multi
    def create(self, vals_list):
        sharings = super().create(vals_list)
        for sharing in sharings:
            numbers = (sharing.deal_id.sharing_ids - sharing).mapped("number")
            sharing.sudo().write(
                {
                    "number": max(numbers, default=0) + 1,
                    # the rule by which the deal was made holds for its next shares too
                    "policy_id": sharing.deal_id.sharing_id.policy_id.id,
                }
            )
        return sharings

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        """Refuse to change a sharing that is or was in force.

        :raise UserError: names the sharing
        """
        if self.env.su:
            return
        for sharing in self:
            if sharing.state != "draft":
                raise UserError(
                    self.env._(
                        "Sharing %s is not changed any more: open the deal and press Change the"
                        " Shares.",
                        sharing.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self._check_draft()

    def action_put_in_force(self):
        """Let the shares hold; what was entered by the former ones is corrected."""
        self.check_access("write")
        for sharing in self:
            sharing._check_can_hold()
            lock_rows(sharing.deal_id.sudo())
            former = sharing.deal_id.sharing_ids.filtered(
                lambda one, sharing=sharing: (
                    one.state == "in_force"
                    and (not sharing.date_from or one.date_from == sharing.date_from)
                )
            )
            former.sudo().state = "superseded"
            sharing.sudo().write(
                {
                    "state": "in_force",
                    "approver_id": self.env.uid,
                    "digest": sharing._get_digest(),
                }
            )
            sharing.deal_id._message_log(
                body=self.env._("Shares changed: %s", sharing.reason or "–")
            )
        self.deal_id.action_bring_up_to_date()

    def _check_can_hold(self):
        """Refuse shares that cannot be computed, or that nobody explains.

        :raise UserError: names the deal, what is wrong and the way out
        """
        self.ensure_one()
        self._check_draft()
        self._check_head()
        if self.deal_id.is_held and not self.env.su:
            raise UserError(
                self.env._(
                    "The shares of %s are disputed: settle the dispute instead.",
                    self.deal_id.name,
                )
            )
        if not any(one.weight > 0 and one.role_id.shares for one in self.participant_ids):
            raise UserError(
                self.env._(
                    "Nobody shares %s: give one participant a weight above zero.",
                    self.deal_id.name,
                )
            )
        if self.deal_id.sharing_id and not (self.reason or "").strip():
            raise UserError(self.env._("Say why the shares of %s change.", self.deal_id.name))

    def _check_head(self):
        """Refuse whoever takes part in a deal, but does not lead its team.

        :raise UserError: names the deal and who changes its shares
        """
        if not self.env.su and not self.deal_id.is_led:
            leader = self.deal_id.sudo().team_id.user_id
            raise UserError(
                self.env._(
                    "The shares of %(deal)s are changed by %(leader)s or an administrator of"
                    " commission: file a claim instead.",
                    deal=self.deal_id.name,
                    leader=leader.name or self.env._("the head of its team"),
                )
            )

    def _get_digest(self):
        self.ensure_one()
        return fingerprint(self._get_content())

    def _get_content(self):
        """Return what participants agree on, in plain values."""
        self.ensure_one()
        return {
            "deal": self.deal_id.id,
            "from": str(self.date_from or ""),
            "shares": sorted(
                [one.person_id.id, one.role_id.id, one.weight] for one in self.participant_ids
            ),
        }


class CommissionSplitParticipant(models.Model):
    """A person in a role of a deal, with evidence (S1)."""

    _name = "commission.split.participant"
    _description = "Participant"
    _order = "sharing_id, role_id, person_id, id"
    _rec_name = "person_id"

    sharing_id = fields.Many2one(
        "commission.split.sharing", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="sharing_id.company_id", store=True)
    person_id = fields.Many2one("res.partner", required=True, ondelete="restrict", index=True)
    role_id = fields.Many2one("commission.split.role", required=True, ondelete="restrict")
    weight = fields.Float(digits=(16, 6), default=1.0, aggregator=None)
    evidence = fields.Char()
    origin = fields.Selection(ORIGINS, required=True, default="decided", readonly=True)

    _once = models.Constraint(
        "UNIQUE (sharing_id, person_id, role_id)", "A person has each role of a deal once."
    )
    _weight_positive = models.Constraint("CHECK (weight >= 0)", "A weight cannot be below zero.")

    @api.model_create_multi
    def create(self, vals_list):
        participants = super().create(vals_list)
        participants.sharing_id._check_draft()
        return participants

    def write(self, vals):
        self.sharing_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.sharing_id._check_draft()

    @api.constrains("person_id")
    def _check_person(self):
        companies = self.env["res.company"].sudo().search([]).partner_id
        for participant in self:
            if participant.person_id in companies:
                raise ValidationError(
                    self.env._(
                        "%s is a company of this database and earns no commission.",
                        participant.person_id.name,
                    )
                )
