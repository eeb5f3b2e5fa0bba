from . import sale_material_request
from . import mail_compose_message
from . import sale_order_ubl
