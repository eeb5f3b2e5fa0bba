{
    "name": "Sales Material Requests and Stock",
    "summary": "Free and forecast quantities beside the lines of a material request",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sale Process Suite contributors",
    "license": "AGPL-3",
    "depends": ["sale_rfq_register", "sale_stock"],
    "data": ["views/sale_material_request_views.xml"],
    "demo": ["demo/stock_demo.xml"],
    "assets": {
        "web.assets_tests": ["sale_rfq_stock/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
