from odoo.addons.portal.controllers.portal import CustomerPortal


def plain_token(token):
    """A token as a link may hold it; anything else opens nothing and is no error."""
    return token if isinstance(token, str) and token.isascii() else None


class TokenPortal(CustomerPortal):
    """A damaged link is a wrong one, on every page."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        return super()._document_check_access(model_name, document_id, plain_token(access_token))
