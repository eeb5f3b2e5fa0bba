from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.sale_audit_trail.locking import lock_rows

from .commission_split_statement import OPEN_STATES

SETTLED = ("agreed", "decided", "withdrawn")
KINDS = [("share", "Share of a Deal"), ("figure", "Figure"), ("penalty", "Penalty")]


class CommissionSplitDispute(models.Model):
    """A claim, or another disagreement about commission, until it is settled (S2, S3).

    While it is open the pot of its deal is held, or the one figure, and nothing else. Those who
    take part propose weights; who accepts binds himself to exactly that proposal. All on one: it
    is in force. Past the deadline the policy's fallback holds, or an arbiter decides, who takes no
    part; when he is late, it goes up.
    """

    _name = "commission.split.dispute"
    _inherit = ["mail.thread", "mail.activity.mixin", "sale.audit.guard"]
    _description = "Dispute"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, required=True, readonly=True, default="share")
    reference = fields.Char(
        readonly=True, help="The number of the document, as whoever claims wrote it."
    )
    deal_id = fields.Many2one(
        "commission.split.deal", ondelete="restrict", check_company=True, index="btree_not_null"
    )
    entry_id = fields.Many2one("commission.split.entry", readonly=True, ondelete="restrict")
    case_id = fields.Many2one("commission.split.case", readonly=True, ondelete="restrict")
    claimant_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="restrict")
    role_id = fields.Many2one("commission.split.role", readonly=True, ondelete="restrict")
    weight = fields.Float(string="Wished Weight", digits=(16, 6), readonly=True, aggregator=None)
    claim = fields.Text(required=True, readonly=True)
    evidence = fields.Text(readonly=True)
    is_late = fields.Boolean(string="After the Claim Time", readonly=True)
    state = fields.Selection(
        [
            ("open", "In Negotiation"),
            ("arbitration", "With the Arbiter"),
            ("agreed", "Agreed"),
            ("decided", "Decided"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        index=True,
    )
    deadline = fields.Date(readonly=True, tracking=True)
    arbiter_id = fields.Many2one("res.users", readonly=True, tracking=True, ondelete="restrict")
    proposal_ids = fields.One2many(
        "commission.split.sharing", "dispute_id", string="Proposals", readonly=True
    )
    party_ids = fields.Many2many("res.partner", string="Parties", compute="_compute_party_ids")
    decision = fields.Text(readonly=True, tracking=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    is_mine = fields.Boolean(compute="_compute_is_mine")
    is_arbiter = fields.Boolean(compute="_compute_is_mine")
    is_claimant = fields.Boolean(compute="_compute_is_mine")

    @api.model
    def _get_system_fields(self):
        return {
            *("company_id", "kind", "reference", "entry_id", "case_id", "claimant_id", "role_id"),
            *("weight", "claim", "evidence", "is_late", "state", "deadline", "arbiter_id"),
            *("decision", "decided_by_id"),
        }

    @api.depends("kind", "deal_id", "reference", "claimant_id")
    def _compute_name(self):
        for dispute in self.sudo():  # an arbiter may not read the figure itself
            what = (
                dispute.case_id.name
                or dispute.entry_id.display_name
                or dispute.deal_id.name
                or dispute.reference
            )
            dispute.name = ", ".join(filter(None, [what, dispute.claimant_id.name]))

    @api.depends("deal_id.sharing_ids.participant_ids", "claimant_id")
    def _compute_party_ids(self):
        for dispute in self:
            parties = dispute.claimant_id
            if dispute.kind == "share":
                parties |= dispute.sudo().deal_id.participant_ids.person_id
            dispute.party_ids = parties

    @api.depends_context("uid")
    @api.depends("party_ids", "arbiter_id")
    def _compute_is_mine(self):
        for dispute in self:
            dispute.is_mine = self.env.user.partner_id in dispute.party_ids
            dispute.is_arbiter = dispute._can_decide()
            dispute.is_claimant = self.env.user.partner_id == dispute.claimant_id

    # === OPENING === #

    @api.model
    def _claim(self, company, reference, values):
        """Open a dispute about a deal that the claimant may not be able to see.

        Nothing in the answer tells whether the document exists or what is paid for it.
        """
        deal = self._find_deal(company, reference)
        policy = deal.sharing_id.policy_id
        is_late = bool(
            deal
            and policy.claim_days
            and fields.Date.add(deal.date, days=policy.claim_days) < company._get_today()
        )
        dispute = self.sudo().create(
            {
                "company_id": company.id,
                "reference": reference,
                "deal_id": deal.id,
                "claimant_id": self.env.user.partner_id.id,
                "is_late": is_late,
                **values,
            }
        )
        dispute._begin()
        return self.browse(dispute.id)

    @api.model
    def _find_deal(self, company, reference):
        """Return the deal of an order, an invoice or a deal with this number."""
        wanted = (reference or "").strip()
        return (
            self.env["commission.split.deal"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    "|",
                    "|",
                    "|",
                    ("name", "=", wanted),
                    ("order_id.name", "=", wanted),
                    ("move_id.name", "=", wanted),
                    ("order_id.invoice_ids.name", "=", wanted),
                ],
                limit=1,
            )
        )

    @api.model
    def _open_about(self, record, text):
        """Open a dispute about a figure of the ledger or a penalty, as whom it concerns."""
        person = self.env.user.partner_id
        record.check_access("read")
        if record.person_id != person:
            raise UserError(
                self.env._("%s is for whoever it concerns to question.", record.display_name)
            )
        is_entry = record._name == "commission.split.entry"
        dispute = self.sudo().create(
            {
                "kind": "figure" if is_entry else "penalty",
                "company_id": record.company_id.id,
                "entry_id": record.id if is_entry else False,
                "case_id": False if is_entry else record.id,
                "deal_id": record.sudo().deal_id.id,
                "claimant_id": person.id,
                "claim": text,
                "state": "arbitration",
            }
        )
        dispute._begin()
        return self.browse(dispute.id)

    def _begin(self):
        """Hold the pot, set the deadline, name the arbiter, tell those concerned."""
        for dispute in self.sudo():
            dispute._set_deadline()
            dispute.arbiter_id = dispute._get_arbiters()[:1]
            users = dispute.party_ids.user_ids.filtered(lambda user: not user.share)
            dispute.message_subscribe((users | dispute.arbiter_id).partner_id.ids)
        self._hold_deals()

    def _set_deadline(self):
        days = self.deal_id.sharing_id.policy_id.reply_days or 7
        self.deadline = fields.Date.add(self.company_id._get_today(), days=days)

    def _hold_deals(self, former=()):
        """A pot is held while somebody disputes its shares.

        :param former: deals that disputes were about before
        """
        for deal in self.sudo().deal_id.union(*former):
            held = self.sudo().search_count(
                [("deal_id", "=", deal.id), ("kind", "=", "share"), ("state", "in", OPEN_STATES)],
                limit=1,
            )
            deal.is_held = bool(held)

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        disputes._hold_deals()
        return disputes

    def write(self, vals):
        before = self.sudo().deal_id
        result = super().write(vals)
        if "deal_id" in vals and not self.env.su:
            self.sudo()._begin()
        if {"state", "deal_id"} & vals.keys():
            self._hold_deals(before)
        if vals.get("state") in SETTLED:
            # what was proposed beside it is no draft of the deal's next shares
            proposals = self.sudo().proposal_ids.filtered(lambda one: one.state == "draft")
            proposals.state = "superseded"
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filed(self):
        for dispute in self:
            raise UserError(self.env._("%s was filed: withdraw it instead.", dispute.name))

    # === PROPOSALS === #

    def action_open_proposal(self):
        """Open the dialog in which weights are proposed, or decided by the arbiter."""
        self.ensure_one()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Weights"),
            "res_model": "commission.split.propose",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def _propose(self, weights, reason):
        """Make a proposal; who proposes accepts it.

        :param weights: ``[(person, role, weight, evidence), …]``
        """
        self.ensure_one()
        self._check_open()
        if self.state != "open" or not self.is_mine:
            raise UserError(
                self.env._("%s: who takes part proposes, while it is negotiated.", self.name)
            )
        proposal = self.sudo()._prepare_sharing(weights, reason)
        proposal.with_user(self.env.user)._accept()
        return proposal

    def _prepare_sharing(self, weights, reason):
        return self.env["commission.split.sharing"].create(
            {
                "deal_id": self.deal_id.id,
                # of a deal that was handed over, the part that holds now is disputed
                "date_from": self.deal_id.sharing_id.date_from,
                "dispute_id": self.id,
                "method": "agree",
                "reason": reason,
                "participant_ids": [
                    Command.create(
                        {
                            "person_id": person.id,
                            "role_id": role.id,
                            "weight": weight,
                            "evidence": evidence,
                        }
                    )
                    for person, role, weight, evidence in weights
                ],
            }
        )

    def _check_open(self):
        for dispute in self:
            if dispute.state not in OPEN_STATES:
                raise UserError(self.env._("%s is settled.", dispute.name))
            if dispute.kind == "share" and not dispute.sudo().deal_id:
                raise UserError(
                    self.env._(
                        "The deal of “%s” is not found yet: a head of sales enters it.",
                        dispute.reference,
                    )
                )

    def _settle(self, proposal):
        """Put the proposal in force on which all parties agree."""
        self.ensure_one()
        lock_rows(self.sudo())
        proposal.sudo().action_put_in_force()
        self.sudo().write({"state": "agreed", "decision": proposal.reason})

    # === DECISIONS === #

    def _get_arbiters(self):
        """Return who may decide, the nearest first; nobody who takes part."""
        self.ensure_one()
        dispute = self.sudo()
        administrators = self.env.ref(
            "sale_commission_split.commission_split_group_administrator"
        ).sudo()
        users = [
            dispute.deal_id.team_id.user_id,
            dispute.deal_id.sharing_id.policy_id.arbiter_id,
            *administrators.all_user_ids.filtered(
                lambda user: user.active and dispute.company_id in user.company_ids
            ),
        ]
        known = self.env["res.users"]
        for user in users:
            if user and user.id != 1 and user.partner_id not in dispute.party_ids:
                known |= user
        return known

    def _can_decide(self):
        self.ensure_one()
        return self.state in OPEN_STATES and (
            self.env.user == self.arbiter_id or self.env.user in self._get_arbiters()[:1]
        )

    def _decide(self, weights, reason):
        """Settle as the arbiter: the weights in force, or a word on a figure.

        :raise UserError: where somebody else decides, or no reason is given
        """
        self.ensure_one()
        self._check_open()
        if not self._can_decide():
            raise UserError(
                self.env._(
                    "%(dispute)s is decided by %(arbiter)s.",
                    dispute=self.name,
                    arbiter=self.sudo().arbiter_id.name or self.env._("an administrator"),
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why you decide so: all parties read it."))
        lock_rows(self.sudo())
        if self.kind == "share":
            self.sudo()._prepare_sharing(weights, reason).action_put_in_force()
        self.sudo().write({"state": "decided", "decision": reason, "decided_by_id": self.env.uid})

    def action_escalate(self):
        """Leave it to the arbiter, as a party or a head."""
        for dispute in self:
            dispute._check_open()
            if dispute.state != "open":
                raise UserError(
                    self.env._(
                        "%(dispute)s is with %(arbiter)s already.",
                        dispute=dispute.name,
                        arbiter=dispute.sudo().arbiter_id.name or self.env._("an administrator"),
                    )
                )
            if not dispute.is_mine and not self.env.user.has_group(
                "sale_commission_split.commission_split_group_head"
            ):
                raise UserError(self.env._("%s is not yours.", dispute.name))
            dispute.sudo()._escalate()

    def action_withdraw(self):
        """Withdraw the claim as whoever has filed it."""
        for dispute in self:
            dispute._check_open()
            if dispute.claimant_id != self.env.user.partner_id:
                raise UserError(
                    self.env._(
                        "%(dispute)s is withdrawn by %(person)s only.",
                        dispute=dispute.name,
                        person=dispute.claimant_id.name,
                    )
                )
            dispute.sudo().state = "withdrawn"

    def _escalate(self):
        """Hand the dispute to the arbiter, or to the next one above a late arbiter."""
        for dispute in self:
            arbiters = dispute._get_arbiters()
            if dispute.state == "arbitration" and dispute.arbiter_id in arbiters:
                later = arbiters.ids[arbiters.ids.index(dispute.arbiter_id.id) + 1 :]
                arbiters = arbiters.browse(later) or arbiters[-1:]
            dispute.write({"state": "arbitration", "arbiter_id": arbiters[:1].id})
            dispute._set_deadline()
            if dispute.arbiter_id:
                dispute.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=dispute.deadline,
                    summary=self.env._("Decide"),
                    user_id=dispute.arbiter_id.id,
                )

    @api.model
    def _cron_deadlines(self):
        """Let the fallback hold, or go up, where the deadline has passed."""
        for dispute in self.search([("state", "in", OPEN_STATES)]):
            if dispute.deadline and dispute.deadline < dispute.company_id._get_today():
                dispute._apply_deadline()

    def _apply_deadline(self):
        self.ensure_one()
        policy = self.deal_id.sharing_id.policy_id
        fallback = policy.fallback or "head"
        if self.state == "arbitration" or fallback == "head" or not self.deal_id:
            self._escalate()
            return
        reason = self.env._("Not agreed in time: the policy's fallback holds.")
        if fallback != "keep":
            self._prepare_sharing(
                self._get_fallback_weights(fallback), reason
            ).action_put_in_force()
        self.write({"state": "decided", "decision": reason})

    def _get_fallback_weights(self, fallback):
        """Return the weights of the parties: equal, or those of their roles."""
        rows = [(one.person_id, one.role_id, one.evidence) for one in self.deal_id.participant_ids]
        role = self.role_id or rows[0][1]
        if (self.claimant_id, role) not in [(person, kind) for person, kind, _text in rows]:
            rows.append((self.claimant_id, role, self.evidence))
        return [
            (person, kind, 1 if fallback == "equal" else kind.weight, text)
            for person, kind, text in rows
        ]

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }


class CommissionSplitSharing(models.Model):
    _inherit = "commission.split.sharing"

    dispute_id = fields.Many2one(
        "commission.split.dispute", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    accepted_by_ids = fields.Many2many(
        "res.partner", string="Accepted by", compute="_compute_accepted_by_ids"
    )
    summary = fields.Char(string="Weights", compute="_compute_summary")
    can_accept = fields.Boolean(compute="_compute_accepted_by_ids")

    @api.depends("participant_ids.weight", "participant_ids.person_id")
    def _compute_summary(self):
        for sharing in self:
            sharing.summary = ", ".join(
                f"{one.person_id.name} {one.weight:g}" for one in sharing.participant_ids
            )

    @api.depends_context("uid")
    @api.depends("participant_ids.weight", "participant_ids.person_id", "state", "dispute_id")
    def _compute_accepted_by_ids(self):
        """Who accepted exactly this content: a changed proposal is accepted by nobody."""
        for sharing in self:
            digest = sharing._get_digest()
            rows = (
                self.env["commission.split.acceptance"]
                .sudo()
                .search(
                    [
                        ("res_model", "=", sharing._name),
                        ("res_id", "in", sharing._origin.ids),
                        ("digest", "=", digest),
                    ]
                )
            )
            sharing.accepted_by_ids = rows.person_id
            me = self.env.user.partner_id
            dispute = sharing.dispute_id
            sharing.can_accept = (
                dispute.state == "open" and me in dispute.party_ids and me not in rows.person_id
            )

    def action_accept(self):
        """Accept a proposal as a party; once all have, it is in force."""
        for sharing in self:
            sharing._accept()

    def _accept(self):
        self.ensure_one()
        dispute = self.dispute_id
        lock_rows(dispute.sudo())  # of two who accept at once, the second sees the first
        if dispute.state != "open" or self.env.user.partner_id not in dispute.party_ids:
            raise UserError(
                self.env._("%s: who takes part accepts, while it is negotiated.", dispute.name)
            )
        digest = self.sudo()._get_digest()
        self.env["commission.split.acceptance"]._accept(self, digest)
        self.invalidate_recordset(["accepted_by_ids", "can_accept"])
        if dispute.party_ids <= self.accepted_by_ids:
            dispute._settle(self)


class CommissionSplitDeal(models.Model):
    _inherit = "commission.split.deal"

    is_held = fields.Boolean(
        string="Held", readonly=True, help="Its shares are disputed: it is paid out later."
    )
    dispute_ids = fields.One2many("commission.split.dispute", "deal_id", readonly=True)

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"is_held"}


class CommissionSplitEntry(models.Model):
    _inherit = "commission.split.entry"

    def action_question(self):
        """Open the dialog in which the person says that a figure is wrong."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Is Wrong?"),
            "res_model": "commission.split.question",
            "view_mode": "form",
            "target": "new",
            "context": {"default_entry_id": self.id},
        }
