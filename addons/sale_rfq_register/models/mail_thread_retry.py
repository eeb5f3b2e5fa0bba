import sys
from functools import partial

from psycopg2 import OperationalError

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, retrying

ROUNDS = 5


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        """Try a mail again that collided with another arrival.

        Core's job that fetches mails has each in a transaction of its own, but deletes from the
        server, or marks as read, what failed. Other ways are tried again by who calls.
        """
        process = partial(super().message_process, model, message, *args, **kwargs)
        if not self.env.context.get("default_fetchmail_server_id"):
            return process()
        for left in reversed(range(ROUNDS)):
            try:
                return retrying(process, self.env)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if not left:
                    raise


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        """A collision is tried again: the sender hears nothing of it, the address stays valid."""
        if not isinstance(sys.exc_info()[1], OperationalError):
            super()._alias_bounce_incoming_email(message, message_dict, set_invalid=set_invalid)
