from . import commission_split_report
