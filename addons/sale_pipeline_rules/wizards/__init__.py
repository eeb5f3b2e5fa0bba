from . import sale_contact_log
from . import sale_contact_import
from . import sale_handover_propose
from . import sale_violation_decide
from . import sale_regulation_sign
from . import sale_regulation_start
from . import sale_territory_line
