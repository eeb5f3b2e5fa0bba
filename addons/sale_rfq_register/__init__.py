from . import controllers
from . import models
from . import wizards


def uninstall_hook(env):
    """Remove what was made for each company and therefore has no XML id."""
    env["ir.sequence"].search([("code", "=", "sale.material.request")]).unlink()
