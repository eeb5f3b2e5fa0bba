from . import test_clocks
from . import test_history
