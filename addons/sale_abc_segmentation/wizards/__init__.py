from . import sale_abc_preview
from . import sale_abc_comparison
from . import base_partner_merge
