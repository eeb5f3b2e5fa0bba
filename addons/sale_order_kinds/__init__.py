from . import controllers
from . import models
from . import report
from . import wizards


def post_init_hook(env):
    """Orders that were there before are ordinary ones."""
    env.cr.execute(
        "UPDATE sale_order SET kind_id = %s WHERE kind_id IS NULL",
        [env.ref("sale_order_kinds.sale_order_kind_standard").id],
    )


def uninstall_hook(env):
    """Let go of core's records, and remove the sequences, which have no XML id."""
    env.cr.execute(
        "UPDATE sale_order_line SET contract_line_id = NULL, schedule_line_id = NULL,"
        " warranty_claim_line_id = NULL"
    )
    env.cr.execute(
        "UPDATE sale_order SET contract_id = NULL, kind_id = NULL, warranty_claim_id = NULL"
    )
    env["ir.sequence"].search([("code", "=", "sale.supply.contract")]).unlink()
