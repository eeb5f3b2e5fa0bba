from . import res_company
from . import res_partner
from . import sale_material_request
from . import sale_order
from . import sale_service_policy
