from . import commission_split_claim
from . import commission_split_propose
from . import commission_split_payout
from . import commission_split_preview
from . import commission_split_simulation
from . import commission_split_quota_propose
from . import commission_split_start
from . import base_partner_merge
