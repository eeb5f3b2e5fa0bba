from . import test_counter
from . import test_fingerprint
from . import test_guard
from . import test_worktime
