from . import test_malformed
from . import test_ubl_envelope
from . import test_ubl_options
from . import test_ubl_register
from . import test_ubl_request
from . import test_ubl_unit
from . import test_ubl_quotation
