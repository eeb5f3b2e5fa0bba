from . import test_periods
from . import test_boundaries
from . import test_reference
