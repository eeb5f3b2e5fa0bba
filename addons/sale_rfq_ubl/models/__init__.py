from . import material_request_import
from . import sale_material_request
