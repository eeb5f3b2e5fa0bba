from odoo import models


class AccountIncoterms(models.Model):
    """A delivery term is called by its code, which its name does not hold in every language."""

    _inherit = "account.incoterms"
    _rec_names_search = ["code", "name"]
