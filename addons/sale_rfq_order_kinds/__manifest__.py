{
    "name": "Sales Material Requests and Order Kinds",
    "summary": "Kind and contract from the request to the order, and the flow of its documents",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sale Process Suite contributors",
    "license": "AGPL-3",
    "depends": ["sale_rfq_register", "sale_order_kinds"],
    "data": [
        "security/ir.model.access.csv",
        "data/tier_definition_data.xml",
        "views/res_config_settings_views.xml",
        "views/sale_order_kind_views.xml",
        "views/sale_material_request_views.xml",
        "wizards/document_flow_views.xml",
    ],
    "demo": [
        "demo/material_request_demo.xml",
        "demo/order_kinds_demo.xml",
        "demo/order_states_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["sale_rfq_order_kinds/static/src/**/*"],
        "web.assets_tests": ["sale_rfq_order_kinds/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
