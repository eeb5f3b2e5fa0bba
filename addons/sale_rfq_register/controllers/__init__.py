from . import mail
from . import portal
from . import portal_offer
from . import portal_quantity
from . import portal_requests
from . import portal_revision
from . import portal_receipt
from . import portal_signature
