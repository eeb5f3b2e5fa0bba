from odoo.http import request
from odoo.tools import consteq

from odoo.addons.portal.controllers.mail import MailController

from .portal_token import plain_token


class RevisionMail(MailController):
    """The button of an e-mail leads to the page that names the newer offer, not to a login."""

    @classmethod
    def _redirect_to_record(cls, model, res_id, access_token=None, **kwargs):
        access_token = plain_token(access_token)
        if model == "sale.order" and res_id and access_token:
            order = request.env[model].sudo().browse(res_id).exists()
            former = order.superseded_token
            if former and consteq(former, access_token):
                return request.redirect(f"/my/orders/{order.id}?access_token={access_token}")
        return super()._redirect_to_record(model, res_id, access_token=access_token, **kwargs)
