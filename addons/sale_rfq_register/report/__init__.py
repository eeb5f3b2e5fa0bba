from . import sale_material_demand
from . import sale_request_customer
