from . import controllers
from . import models
from . import report
from . import wizards


def uninstall_hook(env):
    """Remove what was made for each company and has no XML id, and let go of core's lines."""
    env.cr.execute("UPDATE sale_order_line SET request_line_id = NULL")
    env["ir.sequence"].search([("code", "=", "sale.material.request")]).unlink()
