from . import dispatch_register
from . import material_request_import
