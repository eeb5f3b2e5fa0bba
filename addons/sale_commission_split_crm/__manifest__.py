{
    "name": "Sales Commission: Leads",
    "summary": "Who qualified a lead, who owns it and who held the meeting take part in its deal;"
    " qualified leads are counted and paid",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sale Process Suite contributors",
    "license": "AGPL-3",
    "depends": ["sale_commission_split", "sale_crm"],
    "data": [
        "security/ir.model.access.csv",
        "security/commission_split_crm_rules.xml",
        "views/commission_split_qualification_views.xml",
    ],
    "demo": ["demo/commission_split_crm_demo.xml"],
    "auto_install": True,
}
