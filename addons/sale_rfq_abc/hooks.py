def pre_init_hook(env):
    """Requests that are there keep their urgency and the day of their answer.

    Odoo computes stored fields whose columns it has to add, and these would bring along what a
    policy says of requests that were answered long ago.
    """
    env.cr.execute(
        "ALTER TABLE sale_material_request"
        " ADD COLUMN IF NOT EXISTS policy_priority varchar,"
        " ADD COLUMN IF NOT EXISTS policy_date_due date"
    )
