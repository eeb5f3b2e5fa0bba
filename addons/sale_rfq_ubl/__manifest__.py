{
    "name": "Sales Material Requests in UBL",
    "summary": "Register UBL 2.0 and 2.1 RequestForQuotation files as material requests, send"
    " offers as UBL 2.1 Quotations",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sale Process Suite contributors",
    "license": "AGPL-3",
    "depends": ["sale_rfq_register", "sale_edi_ubl"],
    "data": [
        "views/sale_material_request_views.xml",
        "views/sale_order_views.xml",
    ],
    "auto_install": True,
}
