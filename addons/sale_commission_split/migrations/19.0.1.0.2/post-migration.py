def migrate(cr, version):
    """What was credited and entered before is in the company's currency."""
    for table in ("commission_split_credit", "commission_split_entry"):
        cr.execute(
            f"UPDATE {table} row SET currency_id = company.currency_id FROM res_company company"
            " WHERE company.id = row.company_id AND row.currency_id IS NULL"
        )
