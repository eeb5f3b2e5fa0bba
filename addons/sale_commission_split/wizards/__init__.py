from . import commission_split_claim
from . import commission_split_propose
from . import commission_split_payout
