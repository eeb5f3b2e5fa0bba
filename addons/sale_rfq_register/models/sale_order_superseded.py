from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A replaced offer stays as it was sent, and is used on no path."""

    _inherit = "sale.order"

    # === THE GATE === #

    def _get_superseded_refusal(self):
        """That the offer was replaced, and by which; ``False`` when it was not."""
        self.ensure_one()
        if not self.superseded_by_id:
            return False
        return self.env._(
            "Offer %(offer)s was replaced by %(newer)s: use that one.",
            offer=self.name,
            newer=self._get_current_revision().sudo().name,
        )

    def _check_not_superseded(self):
        """Refuse to change a replaced offer; whatever belongs to an offer asks this first."""
        if not self.superseded_by_id:
            return
        for order in self:
            if order.superseded_by_id:
                raise UserError(
                    self.env._(
                        "Offer %(offer)s was replaced by %(newer)s and is not changed any more:"
                        " change that one, or make a new revision of it.",
                        offer=order.name,
                        newer=order._get_current_revision().sudo().name,
                    )
                )

    def _get_release_refusal(self):
        return self._get_superseded_refusal() or super()._get_release_refusal()

    def _confirmation_error_message(self):
        return self._get_superseded_refusal() or super()._confirmation_error_message()

    def _check_superseded_released(self):
        """Replaced offers are cancelled, and core sends cancelled ones."""
        self.filtered("superseded_by_id")._check_offer_releasable()

    def action_quotation_send(self):
        self._check_superseded_released()
        return super().action_quotation_send()

    def message_post(self, **kwargs):
        if self._is_dispatch_post():
            self._check_superseded_released()
        return super().message_post(**kwargs)

    def _waits_for_release(self):
        return super()._waits_for_release() or any(self.mapped("superseded_by_id"))

    def _schedule_paid_reminder(self):
        """Money that comes in for a replaced offer is a matter of the current one."""
        replaced = self.filtered("superseded_by_id")
        for order in replaced:
            current = order._get_current_revision()
            user = current.user_id or self.env.user
            current.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=current.company_id._get_today(),
                summary=order.with_context(lang=user.lang).env._(
                    "Paid for the replaced offer %(offer)s", offer=order.name
                ),
                user_id=user.id,
            )
        return super(SaleOrder, self - replaced)._schedule_paid_reminder()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_system_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_system_fields(vals)
        if not vals.keys() <= self._get_superseded_changeable_fields():
            self._check_not_superseded()
        return super().write(vals)

    @api.model
    def _get_system_fields(self):
        """Fields that no person writes, on no path."""
        return {"revision", "root_offer_id", "superseded_by_id", "superseded_token"}

    @api.model
    def _check_system_fields(self, vals):
        if self.env.su:
            return
        written = self._get_system_fields() & self._get_given_names(vals)
        if written:
            raise UserError(
                self.env._(
                    "%(field)s of an offer is set by its own buttons and cannot be written.",
                    field=self._fields[min(written)]._description_string(self.env),
                )
            )

    @api.model
    def _get_given_names(self, vals):
        """Names of the fields that get a value, from defaults of the context too."""
        context = self.env.context
        return {*vals, *(key.removeprefix("default_") for key in context if key[:8] == "default_")}

    @api.model
    def _get_superseded_changeable_fields(self):
        """What may still change on a replaced offer: who works on it, not what was offered."""
        return {
            "access_token",
            "activity_ids",
            "message_follower_ids",
            "message_ids",
            "message_main_attachment_id",
            "opportunity_id",
            "tag_ids",
            "team_id",
            "user_id",
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_revised(self):
        for order in self:
            if order.superseded_by_id or order.root_offer_id:
                raise UserError(
                    self.env._(
                        "Offer %(offer)s is one of several revisions and cannot be deleted: cancel"
                        " the current one instead.",
                        offer=order.name,
                    )
                )

    def action_draft(self):
        self._check_not_superseded()
        return super().action_draft()

    def _action_cancel(self):
        replaced = self.filtered("superseded_by_id")
        return super(SaleOrder, self - replaced)._action_cancel()

    # === FORM === #

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and arch.xpath("//field[@name='superseded_by_id']"):
            self._lock_fields_of_superseded(arch)
        return arch, view

    @api.model
    def _lock_fields_of_superseded(self, arch):
        """Every field of the form, also one that another addon adds, is read-only."""
        changeable = self._get_superseded_changeable_fields()
        for node in arch.xpath("//field[not(ancestor::field)]"):
            field = self._fields.get(node.get("name"))
            own = node.get("readonly")
            if not field or field.name in changeable or (field.readonly and not own):
                continue
            node.set("readonly", f"superseded_by_id or ({own})" if own else "superseded_by_id")
