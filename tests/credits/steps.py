"""Steps that many scenarios of the ledger begin with, and how each may end."""

from tests.credits.making import Step

GIFT: Step = ("move", "a", "treasury", 1, 5)
HOLD: Step = ("hold", "h", 1, "treasury", 5, 24)
PENDING: Step = ("hold", "p", "treasury", 1, 5, 24)
W, OVER, AGAIN, BAD = "written", "Overdrawn", "AlreadyFollowed", "InvalidPosting"
CLASH, UNKNOWN = "KeyConflict", "UnknownTransfer"
