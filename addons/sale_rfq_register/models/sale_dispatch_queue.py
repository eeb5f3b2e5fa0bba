import logging
from contextlib import contextmanager

from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api, fields, models, modules

_logger = logging.getLogger(__name__)

TRIES = 5
LOCK_TIMEOUT = "3s"
STEPS = ("_enter", "_conclude")


class SaleDispatchQueue(models.Model):
    """E-mails that were handed over to the mail server and have to be registered.

    The transaction that hands an e-mail over only adds a row here, which collides with nobody:
    it cannot fail after the mail server's OK, or the e-mail would be sent again. What follows,
    the entry in the register and then the state of the document, happens in transactions of
    their own right after its commit. What fails there is tried again by a job.
    """

    _name = "sale.dispatch.queue"
    _description = "Sent E-Mail to Be Registered"
    _order = "id"

    message_id = fields.Many2one("mail.message", required=True, index=True, ondelete="cascade")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    subject = fields.Char()
    recipients = fields.Json(help="Whom the e-mail has reached.")
    document_values = fields.Json(help="What the document was when it was sent.")
    failure_reason = fields.Text(help="Why the e-mail did not leave.")
    dispatch_id = fields.Many2one("sale.dispatch", ondelete="cascade")

    # === WHAT LEAVES === #

    @api.model
    def _add_mail(self, mail, partners, emails, failure=False):
        """Note what became of an e-mail, and let everything else follow after the commit.

        :param mail: the ``mail.mail`` that was handed over
        :param partners: ``res.partner`` records that it reached
        :param emails: addresses without a partner that it reached
        :param failure: why it did not reach others
        """
        recipients = self.env["sale.dispatch"]._format_recipients(
            partners.filtered("partner_share"), emails
        )
        if not recipients and not failure:
            return
        row = self.sudo().create(
            {
                "message_id": mail.mail_message_id.id,
                "subject": mail.subject,
                "recipients": recipients,
                "document_values": recipients and self._prepare_document_values(mail),
                "failure_reason": failure,
            }
        )
        row._follow_after_commit()

    @api.model
    def _prepare_document_values(self, mail):
        """What the document is now; without it the entry takes what it is later."""
        try:
            with self.env.cr.savepoint():
                return self.env[mail.model].browse(mail.res_id)._prepare_dispatch_values()
        except Exception:
            _logger.exception("What e-mail %s carries cannot be read now", mail.message_id)
            return False

    # === WHAT FOLLOWS === #

    def _follow_after_commit(self):
        if modules.module.current_test:  # nothing is committed in tests, as in core
            self._follow_up()
        else:
            self.env.cr.postcommit.add(self._follow_up)

    def _follow_up(self):
        """Do each step of each row in a transaction of its own."""
        for row in self:
            all(row._try_step(step) for step in STEPS)

    def _try_step(self, step):
        """Do one step, again after a collision.

        :return: whether it is done; what is not is left to the job
        """
        for _attempt in range(TRIES):
            try:
                with self._in_own_transaction() as row:
                    if not row:
                        return False
                    getattr(row, step)()
                return True
            except (SerializationFailure, DeadlockDetected):
                continue
            except LockNotAvailable:
                break
            except Exception:
                _logger.exception("The sending of message %s is registered later", self.id)
                break
        return False

    @contextmanager
    def _in_own_transaction(self):
        """Give the row, locked; nothing where somebody else has it or is done with it."""
        if modules.module.current_test:
            with self.env.cr.savepoint():
                yield self.with_user(SUPERUSER_ID).exists()
            return
        with self.pool.cursor() as cr:
            cr.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            env = api.Environment(cr, SUPERUSER_ID, {})
            yield env[self._name].browse(self.id).try_lock_for_update()

    @api.model
    def _cron_follow_up(self):
        """Do what failed right after the sending."""
        rows = self.search([])
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(rows))
        for row in rows:
            row._follow_up()
            if not progress._commit_progress(1):
                break

    def _get_document(self):
        self.ensure_one()
        message = self.message_id
        sender = message.create_uid
        return self.env[message.model].browse(message.res_id).with_context(lang=sender.lang)

    def _enter(self):
        """Enter the e-mail in the register; several e-mails of a message are one sending."""
        register = self.env["sale.dispatch"]
        document = self._get_document().exists()
        if self.dispatch_id or not self.recipients or not document:
            return
        known = register.search([("message_id", "=", self.message_id.id)])
        if known:
            known._add_recipients(self.recipients)
            return
        self.dispatch_id = register.create(
            {
                **(self.document_values or document._prepare_dispatch_values()),
                **register._prepare_mail_values(self.message_id),
                "date": self.date,
                "recipients": ", ".join(self.recipients),
                "subject": self.message_id.subject or self.subject,
            }
        )

    def _conclude(self):
        """Let the document follow, and forget the e-mail."""
        document = self._get_document().exists()
        if document and self.dispatch_id:
            document._on_dispatch(self.dispatch_id)
        if document and self.failure_reason:
            document._on_not_sent(self.message_id.create_uid, self.failure_reason)
        self.unlink()
