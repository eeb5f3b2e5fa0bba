from odoo import api, fields, models
from odoo.tools import SQL, format_date

BATCH = 500


class SaleOrder(models.Model):
    """Offers expire, and who sells hears of it before."""

    _inherit = "sale.order"

    expiry_reminded_for = fields.Date(
        readonly=True,
        copy=False,
        help="The expiration date of which the salesperson was reminded.",
    )

    @api.depends("state", "validity_date")
    def _compute_is_expired(self):
        # Core names no dependencies: without them the old answer stays until the transaction ends.
        super()._compute_is_expired()
        for order in self.filtered("validity_date"):
            is_over = order.validity_date < order.company_id._get_today()
            order.is_expired = is_over and order.state in ("draft", "sent")

    def _compute_validity_date(self):
        for company, orders in self.grouped("company_id").items():
            zone = company._get_day_zone().zone
            super(SaleOrder, orders.with_context(tz=zone))._compute_validity_date()

    @api.depends("validity_date")
    def _compute_offer_state(self):
        super()._compute_offer_state()

    def _get_offer_state(self):
        # The cron only keeps the stored state; the gate reads the date itself.
        return "expired" if self.is_expired else super()._get_offer_state()

    # === REMINDERS === #

    def write(self, vals):
        if "validity_date" in vals:
            self._close_expiry_reminders()
        return super().write(vals)

    def _action_confirm(self):
        self._close_expiry_reminders()
        return super()._action_confirm()

    def _action_cancel(self):
        self._close_expiry_reminders()
        return super()._action_cancel()

    def _close_expiry_reminders(self):
        """The offer was answered, or holds for another time."""
        reminded = self.filtered("expiry_reminded_for")
        if reminded:
            reminded.sudo().activity_unlink(["sale_rfq_register.mail_activity_offer_expiry"])

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"expiry_reminded_for"}

    # === CRON === #

    @api.model
    def _cron_expire_offers(self):
        """Mark what has expired, and remind of what is going to."""
        self._expire_offers()
        self._remind_of_expiry()

    @api.model
    def _expire_offers(self):
        """Store the state of offers that only the passing of time has changed."""
        while expired := self.search(self._get_newly_expired_domain(), limit=BATCH, order="id"):
            expired.modified(["validity_date"])  # as time has changed what follows from it
            expired.flush_recordset(["offer_state", "offer_probability"])
            if not self.env["ir.cron"]._commit_progress(len(expired)):
                break

    @api.model
    def _get_newly_expired_domain(self):
        return [
            ("state", "in", ("draft", "sent")),
            ("offer_state", "!=", "expired"),
            *self.env["res.company"]._get_today_domain("validity_date", "<"),
        ]

    @api.model
    def _remind_of_expiry(self):
        """Give the salesperson one task for each offer that nobody has answered.

        The mark on the offer and the task are stored in one transaction, so what stops in the
        middle is taken up again, and of two that run at once the second passes over what the
        first holds.
        """
        while expiring := self._lock_expiring_offers(BATCH):
            expiring._create_expiry_reminders()
            expiring._mark_reminded()
            if not self.env["ir.cron"]._commit_progress(len(expiring)):
                break

    @api.model
    def _lock_expiring_offers(self, limit):
        self.flush_model(["state", "validity_date", "expiry_reminded_for", "user_id"])
        self.env["res.company"].flush_model(["offer_expiry_reminder_days"])
        rows = self.env.execute_query(
            SQL(
                """SELECT sale.id
                     FROM sale_order sale
                     JOIN res_company company ON company.id = sale.company_id
                     JOIN %(today)s ON today.company_id = sale.company_id
                     JOIN res_users seller ON seller.id = sale.user_id AND seller.active
                    WHERE sale.state = 'sent'
                      AND company.offer_expiry_reminder_days > 0
                      AND sale.validity_date BETWEEN today.day
                          AND today.day + company.offer_expiry_reminder_days
                      AND sale.expiry_reminded_for IS DISTINCT FROM sale.validity_date
                    ORDER BY sale.id
                    LIMIT %(limit)s
                      FOR NO KEY UPDATE OF sale SKIP LOCKED""",
                today=self.env["res.company"]._get_today_table(),
                limit=limit,
            )
        )
        return self.browse([row[0] for row in rows])

    def _create_expiry_reminders(self):
        """Tasks in the language of each salesperson, without an e-mail for each."""
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activities.create([order._prepare_expiry_reminder_values() for order in self])

    def _prepare_expiry_reminder_values(self):
        self.ensure_one()
        seller = self.user_id
        localized = self.with_context(lang=seller.lang or self.env.lang)
        kind = self.env.ref("sale_rfq_register.mail_activity_offer_expiry")
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": kind.id,
            "user_id": seller.id,
            "automated": True,
            "date_deadline": self.validity_date,
            "summary": localized.env._(
                "The offer expires on %(date)s: ask the customer",
                date=format_date(localized.env, self.validity_date),
            ),
        }

    def _mark_reminded(self):
        self.env.execute_query(
            SQL(
                """UPDATE sale_order SET expiry_reminded_for = validity_date
                    WHERE id IN %s RETURNING id""",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["expiry_reminded_for"])
