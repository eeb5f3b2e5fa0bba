def migrate(cr, version):
    """The job runs each minute; it was woken by each posting before."""
    cr.execute(
        "UPDATE ir_cron SET interval_type = 'minutes' WHERE id = (SELECT res_id FROM ir_model_data"
        " WHERE module = 'sale_commission_split' AND name = 'ir_cron_follow')"
    )
