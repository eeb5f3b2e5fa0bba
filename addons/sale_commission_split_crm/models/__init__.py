from . import commission_split_role
from . import commission_split_qualification
from . import commission_split_engine
