from . import material_request_import
