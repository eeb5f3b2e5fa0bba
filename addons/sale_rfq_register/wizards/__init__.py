from . import material_request_close
from . import material_request_import
from . import material_request_split
