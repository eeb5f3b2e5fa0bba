from . import (
    sale_material_request,
    sale_offer_alternative,
    sale_order,
    sale_order_copy,
    sale_order_kind,
    sale_order_line,
    sale_supply_contract,
)
