from . import sale_material_request
from . import sale_order_ubl
