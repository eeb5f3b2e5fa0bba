from . import material_request_close
from . import material_request_import
from . import material_request_split
from . import offer_compare
from . import offer_mass_create
from . import offer_mass_send
from . import offer_revise
