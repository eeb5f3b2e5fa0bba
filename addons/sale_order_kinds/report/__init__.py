from . import sale_report
from . import sale_warranty_report
