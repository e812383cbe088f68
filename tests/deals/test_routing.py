import pytest

from portal.deals.routing import Candidate, choose
from portal.errors import Refused


def test_the_fewest_open_deals_win_and_of_equals_the_longest_here() -> None:
    assert choose([Candidate(1, 4), Candidate(2, 3), Candidate(3, 3)]).user_id == 2


def test_without_a_sales_owner_there_is_no_deal() -> None:
    with pytest.raises(Refused, match="Invite a sales owner first"):
        choose([])
