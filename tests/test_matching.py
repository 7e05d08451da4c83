"""A page in plain letters is compared without being taken apart, with the same outcome."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra.index.matching import matches
from cpra.index.query import Node, parsed

PIECES = ["a", "b", "ab", "ba", "A", "1", " ", " ", "\n", "-", "_", "'", "…"]
ACCENT = " é"
"""One letter that is not plain: a page with it is taken apart."""


def node(text: str) -> Node:
    """What a line means."""
    found = parsed(text).node
    assert found is not None
    return found


@given(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.sampled_from(['"a"', '"ab"', '"a b"', '"a a"', '"b a 1"', '"ab ba"', "a*", "ab*", "1*"]),
)
def test_the_quick_way_and_the_long_way_agree(text: str, query: str) -> None:
    assert matches(text, node(query)) == matches(text + ACCENT, node(query))


@pytest.mark.parametrize(
    ("text", "query", "is_there"),
    [
        ("The police-officer left.", '"police officer"', True),
        ("police\n\nOFFICER", '"police officer"', True),
        ("police officers", '"police officer"', False),
        ("xa a a", '"a a"', True),
        ("xa a", '"a a"', False),
        ("police_officer", '"police officer"', True),
        ("unpoliced", "polic*", False),
        ("Policies", "polic*", True),
    ],
)
def test_exact_words_are_compared_whole(text: str, query: str, is_there: bool) -> None:
    assert matches(text, node(query)) is is_there
