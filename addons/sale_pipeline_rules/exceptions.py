from odoo.exceptions import UserError


class GateError(UserError):
    """A lead does not meet what the regulation asks for a move.

    The web client shows the conditions as a check list, with *Ask for an Exception*; imports and
    calls by RPC get the plain text.
    """

    def __init__(self, message, refusals):
        """Keep what the check list needs.

        :param refusals: dicts with `lead_id`, `lead`, `rule_id`, `rule`, `moment`, `conditions`
        """
        super().__init__(message)
        self.context = {"refusals": refusals}
