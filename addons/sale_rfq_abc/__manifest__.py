{
    "name": "Sales Material Requests and ABC/XYZ Classes",
    "summary": "The service policy of a customer's class decides how urgent a request is, when it"
    " is to be answered, and which offers are approved",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sale Process Suite contributors",
    "license": "AGPL-3",
    "depends": ["sale_rfq_register", "sale_abc_segmentation"],
    "data": [
        "data/tier_definition_data.xml",
        "views/sale_material_request_views.xml",
        "views/sale_order_views.xml",
        "views/sale_service_policy_views.xml",
    ],
    "demo": ["demo/material_request_demo.xml"],
    "pre_init_hook": "pre_init_hook",
    "auto_install": True,
}
