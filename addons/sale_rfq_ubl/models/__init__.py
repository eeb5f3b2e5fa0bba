from . import sale_material_request
from . import sale_order_line_ubl
from . import sale_order_ubl
from . import sale_order_ubl_option
from . import sale_order_ubl_price
