"""How well look-alikes are told from companies that only sound alike. README.md here says how the pairs were made."""

from collections import Counter

import pytest

from tests.lookalikes.pairs import FIRST, GOAL, LATER, figures, pairs


def test_there_are_500_pairs_and_half_of_each_label_is_held_back() -> None:
    count = Counter((pair.half, pair.same) for pair in pairs())
    assert sum(count.values()) == 500
    assert count["tuning", True] == count["held", True]
    assert count["tuning", False] == count["held", False]


@pytest.mark.parametrize("file", [FIRST, LATER])
@pytest.mark.parametrize("half", ["tuning", "held"])
def test_look_alikes_are_found_and_others_are_left_alone(
    file: str, half: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = figures(half, file)
    with capsys.disabled():
        print(f"\nlook-alikes, {file}, {half} half: precision {found.precision:.3f}, recall {found.recall:.3f}")
    assert found.precision >= GOAL
    assert found.recall >= GOAL
