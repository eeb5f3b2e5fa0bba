import uuid

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Revisions of an offer under one number; only the newest of them is used (O7)."""

    _inherit = "sale.order"

    revision = fields.Integer(
        readonly=True,
        copy=False,
        help="How many times the offer was revised: 0 is the first.",
        aggregator=None,
        prefetch="offer",
    )
    root_offer_id = fields.Many2one(
        "sale.order",
        string="First Revision",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The offer under whose number this revision stands; empty on the first one.",
        prefetch="offer",
    )
    superseded_by_id = fields.Many2one(
        "sale.order",
        string="Replaced By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The next revision. A replaced offer is only read.",
    )
    superseded_token = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The key of the link that was given to the customer before the offer was replaced.",
        prefetch="offer",
    )
    revision_ids = fields.Many2many(
        "sale.order", string="Revisions", compute="_compute_revision_ids", compute_sudo=True
    )
    revision_count = fields.Integer(compute="_compute_revision_ids", compute_sudo=True)

    # also the index by which the first revision finds the others
    _revision_uniq = models.UniqueIndex(
        "(root_offer_id, revision) WHERE root_offer_id IS NOT NULL",
        "Somebody has just made this revision of the offer: reload the page.",
    )

    @api.depends("root_offer_id", "superseded_by_id")
    def _compute_revision_ids(self):
        roots = self._get_root_offer()
        family = self.search(
            ["|", ("id", "in", roots.ids), ("root_offer_id", "in", roots.ids)],
            order="revision, id",
        ).grouped(lambda order: order._get_root_offer())
        for order in self:
            order.revision_ids = family.get(order._get_root_offer()._origin)
            order.revision_count = len(order.revision_ids)

    @api.depends("superseded_by_id")
    def _compute_offer_state(self):
        super()._compute_offer_state()

    def _get_offer_state(self):
        return "superseded" if self.superseded_by_id else super()._get_offer_state()

    def _get_root_offer(self):
        return self.browse().union(*[order.root_offer_id or order for order in self])

    def _get_current_revision(self):
        """The revision that is used now."""
        self.ensure_one()
        current = self.sudo()
        while current.superseded_by_id:
            current = current.superseded_by_id
        return current.sudo(self.env.su)

    def _get_current_revisions(self):
        """Those of the offers that are used now."""
        return self.filtered(lambda order: not order.superseded_by_id)

    def _get_previous_revision(self):
        self.ensure_one()
        return self.search([("superseded_by_id", "in", self.ids)], limit=1)

    # === ACTIONS === #

    def action_revise(self):
        """Ask why the offer is revised."""
        self.ensure_one()
        self._check_revisable()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.offer_revise_action"
            ),
            "context": {"dialog_size": "medium", "default_order_id": self.id},
        }

    def action_view_revisions(self):
        self.ensure_one()
        return {
            **self.revision_ids._get_records_action(
                name=self.env._("Revisions of %(offer)s", offer=self._get_root_offer().name),
                views=[(False, "list"), (False, "form")],
                view_mode="list,form",
            ),
            "domain": [("id", "in", self.revision_ids.ids)],
            "res_id": False,
            "context": {"create": False},
        }

    def action_compare_revisions(self):
        """Show what changed from the previous revision to this one."""
        self.ensure_one()
        newer = self if self.root_offer_id else self.superseded_by_id
        if not newer:
            raise UserError(
                self.env._(
                    "Offer %(offer)s has one revision only: there is nothing to compare it with.",
                    offer=self.name,
                )
            )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.offer_compare_action"
            ),
            "context": {
                "dialog_size": "extra-large",
                "default_old_id": newer._get_previous_revision().id,
                "default_new_id": newer.id,
            },
        }

    def action_open_current_revision(self):
        return self._get_current_revision()._get_records_action()

    # === BUSINESS === #

    def _check_revisable(self):
        for order in self:
            refusal = order._get_revision_refusal()
            if refusal:
                raise UserError(refusal)

    def _get_revision_refusal(self):
        """Why no revision may be made of this offer, or ``False``."""
        self.ensure_one()
        if self.state == "sale":
            return self.env._(
                "%(offer)s is an order already and is not revised: change the order itself, or"
                " duplicate it for a new offer.",
                offer=self.name,
            )
        if any(line._is_delivered_by_itself() for line in self.order_line):
            return self.env._(
                "%(offer)s is delivered in part, and a revision would ship everything again:"
                " return the goods first, or confirm the order again.",
                offer=self.name,
            )
        return self._get_superseded_refusal()

    def _revise(self, reason=False):
        """Copy the offer to the next revision and put this one out of use.

        :param reason: why, as both chatters tell it
        :return: the new ``sale.order``
        :raise UserError: when the offer is an order, or was replaced already
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_for_revision()
        self._check_revisable()
        newer = self.copy(self._prepare_revision_values())
        newer.sudo().write(self._prepare_revision_identity())
        self._supersede(newer)
        self._log_revision(newer, reason)
        return newer

    def _lock_for_revision(self):
        """Make the second of two people who revise at once wait, and then see the first one's."""
        # An update and not only a lock: the waiting transaction then fails to serialize, and is
        # tried again with what the first has written.
        self.env.execute_query(
            SQL("UPDATE sale_order SET revision = revision WHERE id = %s RETURNING id", self.id)
        )

    def _prepare_revision_values(self):
        """What the next revision has besides what every copy has."""
        self.ensure_one()
        values = {
            "name": self._get_revision_name(self.revision + 1),
            "client_order_ref": self.client_order_ref,
            "commitment_date": self.commitment_date,
            "offer_chance": self.offer_chance,
            "order_line": [
                Command.create(line_values)
                for line_values in self._get_copiable_order_lines()._prepare_revision_values()
            ],
        }
        # An expired date would make an expired offer: the default is taken instead.
        if not self.validity_date or self.validity_date >= self.company_id._get_today():
            values["validity_date"] = self.validity_date
        return values

    def _get_revision_name(self, revision):
        return f"{self._get_root_offer().name}-R{revision}"

    def _prepare_revision_identity(self):
        """What only the system writes; the requests may be those of a colleague."""
        return {
            "revision": self.revision + 1,
            "root_offer_id": self._get_root_offer().id,
            "request_ids": [Command.set(self.sudo().request_ids.ids)],
        }

    def _supersede(self, newer):
        """Put the offer out of use, with its link to the portal."""
        # What cancelling closes is closed before the rest goes to the new revision.
        self._action_cancel()
        self._move_activities(newer)
        self.sudo().write(self._prepare_superseded_values(newer))

    def _prepare_superseded_values(self, newer):
        return {
            "superseded_by_id": newer.id,
            "superseded_token": self.sudo().access_token,
            "access_token": str(uuid.uuid4()),
        }

    def _move_activities(self, newer):
        """What is still to be done is to be done about the new revision."""
        self.sudo().activity_ids.write({"res_id": newer.id})
        (self + newer).invalidate_recordset(["activity_ids"])

    def _log_revision(self, newer, reason):
        self.message_post(
            body=self._get_revision_message(
                self.env._("Replaced by %(offer)s.", offer=newer._get_html_link()), reason
            ),
            subtype_xmlid="mail.mt_note",
        )
        newer.message_post(
            body=self._get_revision_message(
                self.env._("Revision of %(offer)s.", offer=self._get_html_link()), reason
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _get_revision_message(self, sentence, reason):
        if not reason:
            return sentence
        why = self.env._("Reason: %(reason)s", reason=reason)
        return Markup("%s<br/>%s") % (sentence, why)

    @api.model
    def _get_revision_facts(self):
        """Fields of the whole offer that a comparison shows; extend it with your own."""
        return [
            "validity_date",
            "commitment_date",
            "payment_term_id",
            "currency_id",
            "amount_untaxed",
            "amount_tax",
            "amount_total",
        ]
