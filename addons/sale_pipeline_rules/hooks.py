def post_init_hook(env):
    """Begin the history of the leads that there are: one statement, no clock, no violation."""
    env["crm.lead.interval"]._record_installation()
