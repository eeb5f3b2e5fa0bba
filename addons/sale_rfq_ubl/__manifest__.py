{
    "name": "Sales Material Requests in UBL",
    "summary": "Register UBL 2.0 and 2.1 RequestForQuotation files as material requests",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sale Process Suite contributors",
    "license": "AGPL-3",
    "depends": ["sale_rfq_register", "sale_edi_ubl"],
    "auto_install": True,
}
