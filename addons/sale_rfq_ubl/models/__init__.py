from . import sale_material_request
