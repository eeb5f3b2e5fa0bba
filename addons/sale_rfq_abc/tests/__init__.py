from . import test_offer_policy
from . import test_request_policy
from . import test_request_ways
from . import test_roles
from . import test_working_time
