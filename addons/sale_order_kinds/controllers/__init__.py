from . import portal_token
from . import warranty_portal
from . import contract_portal
