from . import sale_audit_guard
from . import sale_audit_row
from . import sale_audit_counter
from . import res_company_day
from . import resource_calendar
from . import sale_audit_worktime_source
