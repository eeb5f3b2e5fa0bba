from . import test_cases
from . import test_hooks
from . import test_invariants
from . import test_roles
from . import test_trace
from . import test_versions
