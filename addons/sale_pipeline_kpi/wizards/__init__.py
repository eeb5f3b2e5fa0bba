from . import sale_plan_whatif, sale_version_compare
