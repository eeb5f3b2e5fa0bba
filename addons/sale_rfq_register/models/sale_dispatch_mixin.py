from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import append_content_to_html

FAILED = "sale_rfq_register.mail_activity_dispatch_failed"
RECEIPT = "sale_rfq_register.mail_activity_receipt"


class SaleDispatchMixin(models.AbstractModel):
    """A document whose sendings are registered.

    A model adopts it with a ``One2many`` named ``dispatch_ids`` and ``_prepare_dispatch_values``.
    A message posted with the context key ``sale_dispatch`` carries the document to the customer;
    its row appears when the e-mail has left. The context key ``receipt_requested`` says whether
    the customer is asked to confirm that he has received it; without it the company's setting
    counts.
    """

    _name = "sale.dispatch.mixin"
    _inherit = ["mail.thread"]
    _description = "Document with Registered Sendings"

    dispatch_ids = fields.One2many("sale.dispatch", string="Dispatches")
    dispatch_count = fields.Integer(compute="_compute_dispatch_count", compute_sudo=True)

    @api.depends("dispatch_ids")
    def _compute_dispatch_count(self):
        for document in self:
            document.dispatch_count = len(document.dispatch_ids)

    # === WHAT LEAVES BY E-MAIL === #

    def _is_dispatch_post(self):
        """Whether the message being posted carries the document itself."""
        return bool(self.env.context.get("sale_dispatch"))

    def message_post(self, **kwargs):
        if self._is_dispatch_post():
            kwargs["is_sale_dispatch"] = True
        return super().message_post(**kwargs)

    def _asks_for_receipt(self):
        """Whether the customer is asked to confirm that he has received this sending."""
        asked = self.env.context.get("receipt_requested")
        return self._get_receipt_default() if asked is None else bool(asked)

    def _get_receipt_default(self):
        """What the company wants where nobody chose."""
        return False

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        if message.is_sale_dispatch and self._asks_for_receipt():
            message.sudo().write(self.env["sale.dispatch"]._prepare_receipt_secret())
        return super()._notify_thread_by_email(message, recipients_data, **kwargs)

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        """The customer's e-mail asks for the confirmation; a colleague's copy does not."""
        url = self._get_message_receipt_url(message, recipients_group)
        values = {**(render_values or {}), "receipt_url": url}
        body = super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=values
        )
        if url and url not in body:
            # A layout of its own, which has no place for it.
            block = self.env["ir.qweb"]._render(
                "sale_rfq_register.mail_receipt_request", values, lang=values.get("lang")
            )
            body = append_content_to_html(body, block, plaintext=False)
        return body

    def _get_message_receipt_url(self, message, recipients_group):
        message = message.sudo()
        colleagues = any(
            data.get("uid") and not data.get("ushare")
            for data in recipients_group.get("recipients_data", [])
        )
        if not message.is_sale_dispatch or not message.receipt_key or colleagues:
            return False
        return self.get_base_url() + self.env["sale.dispatch"]._get_receipt_path(message)

    # === WHAT FOLLOWS FROM A SENDING === #

    def _prepare_dispatch_values(self):
        """Values of a row about this document."""
        self.ensure_one()
        return {
            "document_name": self.name or self.display_name,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
        }

    def _on_dispatch(self, dispatch):
        """The document has been sent: what follows from it.

        Tasks about an earlier sending are done: this one has taken its place.
        """
        self._on_sending_over()
        self.sudo().activity_feedback([FAILED, RECEIPT])

    def _on_sending_over(self):
        """No e-mail with the document waits to leave any more."""

    def _on_not_sent(self, sender, reason):
        """The e-mail did not leave: who sent it is told, once."""
        self._on_sending_over()
        if self.sudo().activity_search([FAILED]):
            return
        user = self._get_task_user(sender, self._get_salesperson())
        self.sudo().activity_schedule(
            FAILED,
            date_deadline=self.company_id._get_today(),
            summary=self.with_context(lang=user.lang).env._(
                "%(document)s was not sent", document=self.display_name
            ),
            note=reason,
            user_id=user.id,
        )

    def _on_dispatch_failed(self, dispatch, address):
        """The sending came back: who sent it has to find another way, and is told once."""
        if self.sudo().activity_search([FAILED]):
            return
        user = self._get_dispatch_user(dispatch, dispatch.user_id)
        self.sudo().activity_schedule(
            FAILED,
            date_deadline=dispatch.company_id._get_today(),
            summary=self.with_context(lang=user.lang).env._(
                "%(document)s did not arrive at %(address)s",
                document=dispatch.document_name,
                address=address,
            ),
            note=dispatch.failure_reason,
            user_id=user.id,
        )

    def _on_receipt(self, dispatch):
        """The customer has received what was sent."""
        self.activity_feedback([FAILED, RECEIPT])
        author = self.env.user.partner_id
        if dispatch.receipt_channel == "portal" and self.env.user._is_public():
            author = dispatch.partner_id
        self.message_post(
            author_id=author.id,
            body=self.env._(
                "%(person)s confirmed the receipt of %(sending)s.",
                person=dispatch.receipt_by,
                sending=dispatch.display_name,
            ),
            subtype_xmlid="mail.mt_note",
        )

    def _get_dispatch_user(self, dispatch, *first):
        """Who is told of a sending: the salesperson, else who sent it."""
        return self._get_task_user(
            *first, self._get_salesperson(), dispatch.user_id, dispatch.create_uid
        )

    def _get_task_user(self, *candidates):
        people = [user for user in candidates if user and user.active and not user.share]
        return people[0] if people else self.env.user

    def _get_salesperson(self):
        return self.env["res.users"]

    # === THE CUSTOMER'S PAGE === #

    def _get_latest_dispatch(self):
        self.ensure_one()
        return (
            self.env["sale.dispatch"]
            .sudo()
            .search([("id", "in", self.sudo().dispatch_ids.ids)], order="id desc", limit=1)
        )

    def _mark_dispatch_viewed(self):
        """The customer has opened the document's page."""
        if self.sudo().dispatch_ids:
            self._get_latest_dispatch()._mark_viewed()

    def _get_waiting_receipt_url(self):
        """Path of the page where the customer confirms the latest sending, if he was asked."""
        row = self._get_latest_dispatch()
        return row.receipt_requested and not row.receipt_date and row._get_receipt_path(row)

    # === ACTIONS === #

    def _check_dispatchable(self):
        """Refuse a sending of what may not leave.

        :raise UserError: names the document, the reason and the way out
        """
        for document in self:
            if not document._is_dispatchable():
                raise UserError(
                    self.env._(
                        "%(document)s is a draft or cancelled and cannot be sent: finish it"
                        " first.",
                        document=document.display_name,
                    )
                )

    def _is_dispatchable(self):
        return True

    def _get_dispatch_url(self):
        """The link to the document's page, as the customer gets it."""
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()

    def action_register_dispatch(self):
        self.ensure_one()
        self.check_access("write")
        self._check_dispatchable()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sale_rfq_register.sale_dispatch_register_action"
            ),
            "context": {f"default_{self._get_dispatch_field()}": self.id},
        }

    @api.model
    def _get_dispatch_field(self):
        """Name of the register's field that holds this document."""
        return "order_id" if self._name == "sale.order" else "move_id"

    def action_view_dispatches(self):
        self.ensure_one()
        # by the document, not by its field: who reads the register need not read that field
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispatches of %(document)s", document=self.name),
            "res_model": "sale.dispatch",
            "views": [(False, "list"), (False, "form")],
            "view_mode": "list,form",
            "domain": [(self._get_dispatch_field(), "=", self.id)],
            "context": {"create": False},
        }
