{
    "name": "Sales Audit Trail",
    "summary": "Ground of the sales process addons: append-only rows, fields of the system,"
    " fingerprints, numbers without gaps, working time",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sale Process Suite contributors",
    "license": "AGPL-3",
    "depends": ["resource"],
    "data": ["security/ir.model.access.csv", "security/sale_audit_rules.xml"],
}
