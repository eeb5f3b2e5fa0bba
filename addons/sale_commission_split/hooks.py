def post_init_hook(env):
    """Begin with the current month: what was posted before is neither credited nor released."""
    for company in env["res.company"].search([("commission_split_start", "=", False)]):
        company.commission_split_start = company._get_today().replace(day=1)
