import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    """Offers that are sent by the many, at once or in the background (R5)."""

    _inherit = "sale.order"

    send_requested_on = fields.Datetime(
        string="To Be Sent Since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The offer waits to be sent in the background.",
        prefetch="offer",
    )
    send_requested_by_id = fields.Many2one(
        "res.users",
        string="To Be Sent By",
        readonly=True,
        copy=False,
        ondelete="set null",
        prefetch="offer",
    )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"send_requested_on", "send_requested_by_id"}

    def _prepare_superseded_values(self, newer):
        return {
            **super()._prepare_superseded_values(newer),
            "send_requested_on": False,
            "send_requested_by_id": False,
        }

    def _get_send_obstacle(self, resend=False):
        """Why a mass sending leaves the offer out, or ``False``.

        :param resend: whether an offer that was sent already is sent again
        """
        self.ensure_one()
        refusal = self._get_release_refusal()
        if refusal:
            return refusal
        if self.state not in ("draft", "sent"):
            return self.env._("Only open offers are sent.")
        if not self._get_composition_lines():
            return self.env._("The offer has no lines.")
        if not self.partner_id.email_normalized:
            return self.env._("The customer has no valid e-mail address.")
        if self.send_requested_on or self.sending_since:
            return self.env._("The offer is waiting to be sent already.")
        if not resend and (self.state == "sent" or self.offer_date):
            return self.env._("The offer was sent already.")
        return False

    def _send_offer(self):
        """Send the offer to its customer with its PDF, in his language, as the usual button does.

        :raise UserError: when the offer may not be sent, or there is no template for it
        """
        self.ensure_one()
        self._check_offer_releasable()
        template = self._find_mail_template()
        if not template:
            raise UserError(
                self.env._(
                    "Offer %(offer)s cannot be sent: the e-mail template for quotations is"
                    " missing. Restore it in the settings.",
                    offer=self.name,
                )
            )
        self.with_context(mark_so_as_sent=True)._send_order_notification_mail(
            template, allow_deferred_sending=False
        )

    def _try_to_send(self):
        """Send in a savepoint, so that a failure stays alone.

        :return: a sentence on why the offer could not be sent, or ``False``
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                # What the person saw need not hold any more, least of all in the background.
                self.check_access("write")
                obstacle = self._get_send_obstacle(resend=True)
                if obstacle:
                    return obstacle
                self._send_offer()
                self.env.flush_all()
        except OperationalError:
            raise  # a conflict of transactions, which is tried again as a whole
        except UserError as error:
            return str(error)
        except Exception:
            _logger.exception("Offer %s could not be sent", self.name)
            return self.env._("The offer could not be sent because of an error in the program.")
        return False

    # === IN THE BACKGROUND === #

    def _request_sending(self):
        """Let the offers be sent in the background, in the name of the user."""
        self.check_access("write")
        self.sudo().write(
            {"send_requested_on": fields.Datetime.now(), "send_requested_by_id": self.env.uid}
        )
        self.env.ref("sale_rfq_register.ir_cron_send_offers").sudo()._trigger()

    @api.model
    def _cron_send_requested(self):
        """Send what waits, each offer in a transaction of its own."""
        waiting = self.search(
            [("send_requested_on", "!=", False)], order="send_requested_on, id"
        ).ids
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(waiting))
        for order_id in waiting:
            try:
                self.browse(order_id)._send_requested()
            except OperationalError:
                # Another worker was faster; if it was not, the offer still waits.
                self.env.cr.rollback()
            if not progress._commit_progress(1):
                break

    def _send_requested(self):
        """Send one offer that waits, unless another worker has it.

        The e-mail and the end of the waiting are stored together, and the e-mail leaves right
        after that, while core lets those of jobs wait for the mail queue. What stops in the
        middle is sent later, and nothing is sent twice.
        """
        order = self.try_lock_for_update(allow_referencing=True)
        requested_on, requester = order.send_requested_on, order.send_requested_by_id
        if not requested_on:
            return
        order.write({"send_requested_on": False, "send_requested_by_id": False})
        if order.offer_date and order.offer_date >= requested_on:
            return  # somebody has sent it by hand meanwhile
        sender = order.with_user(requester or self.env.user).with_context(
            allowed_company_ids=order.company_id.ids,
            lang=requester.lang,
            mail_notify_force_send=True,
        )
        failure = sender._try_to_send()
        if failure:
            order._note_send_failure(failure, requester)

    def _note_send_failure(self, failure, requester):
        localized = self.with_context(lang=requester.lang)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_today(),
            summary=localized.env._("The offer could not be sent"),
            note=failure,
            user_id=requester.id or self.user_id.id or self.env.uid,
        )
