"""A year of a real wholesaler as invoices of the demo, classed: for a look, and for a picture.

Run as ``make shell DB=… < tests/retail.py`` where the shared data is beside the checkout; then
``make pictures DB=…`` takes the run's picture alone. Not for a database that is worked with: the
invoices have no lines.
"""

from odoo.fields import Command

from odoo.addons.sale_abc_segmentation.tests import retail

env = globals()["env"]  # the shell's
profile = env["sale.abc.profile"].search([("name", "=", "Online Retail")])
if not profile:
    first = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": env["res.partner"].create({"name": "Online Retail"}).id,
            "invoice_date": "2000-01-01",
            "date": "2000-01-01",
            "invoice_line_ids": [Command.create({"name": "x", "price_unit": 1, "tax_ids": False})],
        }
    )
    first.action_post()
    retail.register(env, retail.load(), first)
    profile = env["sale.abc.profile"].create(
        {"name": "Online Retail", "is_published": False, "company_id": env.company.id}
    )
    run = profile._run_for(retail.DAY)
    print(run.subject_count, "customers:")
    for cell in run.matrix:
        print(f"  {cell['abc']}{cell['xyz'] or ' ' + cell['status']}: {cell['count']}")
    env.cr.commit()
