from . import test_periods
from . import test_boundaries
from . import test_reference
from . import test_publish
from . import test_hysteresis
from . import test_real_data
from . import test_roles
from . import test_policy
