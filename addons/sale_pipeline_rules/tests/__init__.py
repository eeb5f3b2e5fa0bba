from . import test_clocks
from . import test_contacts
from . import test_gates
from . import test_handover
from . import test_history
from . import test_regulation
from . import test_violations
