from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize_all


class SaleContactEvent(models.Model):
    """Contacts that people leave by working: e-mails, activities, meetings."""

    _inherit = "sale.contact.event"

    # === E-MAIL AND SMS === #

    @api.model
    def _add_from_message(self, lead, message, recipients, is_new):
        """Enter an e-mail or SMS with somebody outside; the direction follows the author.

        Notes, tracking, automatic letters and replies are none.

        :param recipients: as `_notify_thread` returns them
        :param is_new: whether the message is being posted; else it was scheduled before
        """
        message = message.sudo()
        if not self._is_contact_message(message):
            return
        author = message.author_id
        ours = author.user_ids.filtered(lambda user: not user.share)[:1]
        outside = [one for one in recipients or () if one.get("share")]
        if (
            ours
            and message.message_type != "sms"
            and not outside
            and not self._goes_outside(message)
        ):
            return
        if len(lead) != 1 or not (is_new or self._is_first_notice(message)):
            return
        inbound = not ours
        self.sudo().create(
            {
                "lead_id": lead.id,
                "message_id": message.id,
                "channel": "sms" if message.message_type == "sms" else "email",
                "direction": "in" if inbound else "out",
                "outcome": "received" if inbound else "sent",
                "user_id": False if inbound else ours.id,
                "started_at": message.date,
                "said": message.subject or False,
                "is_bulk": message.message_type == "email_outgoing",
            }
        )

    @api.model
    def _is_first_notice(self, message):
        return not self.sudo().search_count([("message_id", "=", message.id)], limit=1)

    @api.model
    def _is_contact_message(self, message):
        """Tell whether a person wrote a message for the other side to read."""
        if self.env.context.get("mail_is_automatic"):
            return False
        if message.message_type not in ("email", "comment", "sms", "email_outgoing"):
            return False
        if message.message_type == "sms":
            return True
        return not message.is_internal and not message.subtype_id.internal

    @api.model
    def _goes_outside(self, message):
        """Tell whether a mail that one of ours sent from his own program went outside too."""
        addressees = message.partner_ids | message.notified_partner_ids
        if any(partner.partner_share for partner in addressees):
            return True
        written = f"{message.incoming_email_to or ''},{message.outgoing_email_to or ''}"
        emails = set(email_normalize_all(written))
        return bool(emails - self._get_own_addresses(emails))

    @api.model
    def _get_own_addresses(self, emails):
        """Return which of the addresses are of colleagues, of aliases or of Odoo itself."""
        if not emails:
            return set()
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        aliases = self.env["mail.alias"].sudo().search([("alias_full_name", "in", list(emails))])
        domains = self.env["mail.alias.domain"].sudo().search([])
        return {
            *users.mapped("email_normalized"),
            *aliases.mapped("alias_full_name"),
            *domains.mapped("catchall_email"),
            *domains.mapped("bounce_email"),
        }

    # === ACTIVITIES === #

    @api.model
    def _add_from_activity(self, activity, feedback):
        """Enter a finished activity of a type that is a contact."""
        channel = activity.activity_type_id._get_contact_channel()
        self.create(
            {
                "lead_id": activity.res_id,
                "user_id": self._get_who_did(activity),
                "channel": channel,
                "direction": "out",
                "outcome": "held" if channel == "meeting" else "answered",
                "activity_id": activity.id,
                "said": feedback or False,
                "is_important": activity.is_important,
            }
        )

    @api.model
    def _get_who_did(self, activity):
        """Return the id of who finished an activity; a job did it for who had it."""
        user = self.env.user
        by_hand = user._is_internal() and user.id != SUPERUSER_ID
        return user.id if by_hand or not activity.user_id else activity.user_id.id


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    is_contact = fields.Boolean(
        string="Is a Contact",
        compute="_compute_is_contact",
        store=True,
        readonly=False,
        help="A finished activity of a lead is a contact with its customer.",
    )

    @api.depends("category")
    def _compute_is_contact(self):
        for kind in self:
            kind.is_contact = kind.category in ("phonecall", "meeting")

    def _get_contact_channel(self):
        """Return the channel of the contact that an activity of this type leaves."""
        channels = {"phonecall": "call", "meeting": "meeting"}
        return channels.get(self.category, "call")


class MailActivity(models.Model):
    _inherit = "mail.activity"

    clock_id = fields.Many2one(
        "sale.rule.clock",
        string="Norm",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_important = fields.Boolean(string="Important")

    def _action_done(self, feedback=False, attachment_ids=None):
        """A finished call or meeting of a lead is a contact; a task of the regulation is met."""
        contacts = self.filtered(
            lambda one: (
                one.res_model == "crm.lead" and one.res_id and one.activity_type_id.is_contact
            )
        )
        clocks = self.sudo().clock_id
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for activity in contacts.exists().sudo():
            if activity.calendar_event_id:
                activity.calendar_event_id._add_outcome("held", feedback)
            else:
                self.env["sale.contact.event"].sudo()._add_from_activity(activity, feedback)
        clocks._meet()
        return result


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    is_important = fields.Boolean(string="Important")

    def _compute_is_highlighted(self):
        super()._compute_is_highlighted()
        for event in self.filtered("is_important"):
            event.is_highlighted = True

    def _get_contact_lead(self):
        """Return the lead of a meeting."""
        self.ensure_one()
        if self.opportunity_id:
            return self.opportunity_id
        if self.res_model == "crm.lead":
            return self.env["crm.lead"].browse(self.res_id).exists()
        return self.env["crm.lead"].browse()

    def action_meeting_held(self):
        """Enter the contact that a meeting was."""
        return self._enter_outcome("held")

    def action_meeting_no_show(self):
        """Enter that the customer did not come."""
        return self._enter_outcome("no_show")

    def _enter_outcome(self, outcome):
        return self._add_outcome(outcome).with_env(self.env)._get_report_action()

    def _add_outcome(self, outcome, said=False):
        """Enter once what became of a meeting; returns the contact."""
        self.ensure_one()
        lead = self._get_contact_lead()
        contact = self.env["sale.contact.event"].sudo().search([("event_id", "=", self.id)])
        if not contact:
            colleagues = self.partner_ids.user_ids.filtered(lambda user: not user.share)
            contact = (
                self.env["sale.contact.event"]
                .sudo()
                .create(
                    {
                        "lead_id": lead.id,
                        "event_id": self.id,
                        "user_id": self.user_id.id or self.env.uid,
                        "other_user_ids": [(6, 0, (colleagues - self.user_id).ids)],
                        "channel": "meeting",
                        "outcome": outcome,
                        "started_at": min(self.start, fields.Datetime.now()),
                        "seconds": round(self.duration * 3600),
                        "is_important": self.is_important,
                        "said": said,
                    }
                )
            )
        return contact
