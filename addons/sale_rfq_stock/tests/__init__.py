from . import test_approval
from . import test_availability
from . import test_delivery_of_order
from . import test_request_to_invoice
from . import test_request_incoterm
from . import test_ship_date
