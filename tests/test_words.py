"""Dates and lists in the words of a letter."""

from __future__ import annotations

from datetime import date

import pytest

from cpra.core.words import date_words, day_words, joined, month_number


def test_a_day_is_written_out() -> None:
    assert date_words(date(2026, 9, 8)) == "September 8, 2026"
    assert day_words(date(2026, 9, 28)) == "Monday, September 28, 2026"


@pytest.mark.parametrize(("word", "number"), [("sept", 9), ("JUN", 6), ("December", 12)])
def test_a_month_is_known_by_its_first_letters(word: str, number: int) -> None:
    assert month_number(word) == number


@pytest.mark.parametrize("word", ["ju", "Foo", "", "Mayday"])
def test_what_is_no_month_is_none(word: str) -> None:
    with pytest.raises(ValueError, match="is no month"):
        month_number(word)


def test_a_list_ends_with_and() -> None:
    assert [joined(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
