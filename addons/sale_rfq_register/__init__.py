from . import controllers
from . import models
from . import report
from . import wizards


def uninstall_hook(env):
    """Remove what has no XML id – sequences, reviews of offers – and let go of core's lines."""
    env.cr.execute("UPDATE sale_order_line SET request_line_id = NULL")
    env["ir.sequence"].search([("code", "=", "sale.material.request")]).unlink()
    # A review names its document by model and id only: without us nobody could open it.
    reviews = env["tier.review"].search([("model", "=", "sale.order")])
    env["comment.wizard"].search([("review_ids", "in", reviews.ids)]).unlink()
    reviews.unlink()
