"""Makes tantivy's query of what a requester typed and of the filters beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cpra.archive.kinds import Kind
from cpra.index.engine import day_number
from cpra.index.query import And, Near, Node, Not, Or, Words
from cpra.index.words import fold, stem

if TYPE_CHECKING:
    import tantivy


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What else a hit must be; nothing given, nothing asked."""

    requests: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    after: date | None = None
    """The first day that counts."""
    before: date | None = None
    """The last day that counts."""
    installment: int | None = None


class Building:
    """Makes tantivy's query of ours; `loose` when it finds more than was asked for."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema
        self.loose = False

    def query(self, node: Node) -> tantivy.Query:
        """A query that finds every page that the node means, and sometimes others."""
        from tantivy import Occur, Query

        if isinstance(node, Words):
            return self._words(node)
        if isinstance(node, Near):
            return self._near(node)
        if isinstance(node, Or):
            return Query.boolean_query([(Occur.Should, self.query(part)) for part in node.nodes])
        parts = node.nodes if isinstance(node, And) else (node,)
        clauses = []
        for part in parts:
            if isinstance(part, Not):
                inner = Building(self._schema)
                without = inner.query(part.node)
                if inner.loose:
                    self.loose = True
                else:
                    clauses.append((Occur.MustNot, without))
            else:
                clauses.append((Occur.Must, self.query(part)))
        if not any(occur is Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses)

    def filtered(self, query: tantivy.Query, filters: Filters) -> tantivy.Query:
        """The same pages, only those that the filters let through; the order is not touched."""
        from tantivy import FieldType, Occur, Query

        only: list[tantivy.Query] = []
        for field, values in (
            ("request", filters.requests),
            ("agency", filters.agencies),
            ("kind", tuple(str(kind) for kind in filters.kinds)),
        ):
            if values:
                only.append(Query.term_set_query(self._schema, field, list(values)))
        if filters.after is not None or filters.before is not None:
            first, last = day_number(filters.after) or 1, day_number(filters.before) or 99_999_999
            only.append(Query.range_query(self._schema, "on", FieldType.Unsigned, first, last))
        if filters.installment is not None:
            number = filters.installment
            only.append(
                Query.range_query(self._schema, "installment", FieldType.Unsigned, number, number)
            )
        if not only:
            return query
        clauses = [(Occur.Must, Query.const_score_query(part, 0.0)) for part in only]
        return Query.boolean_query([(Occur.Must, query), *clauses])

    def _words(self, node: Words) -> tantivy.Query:
        from tantivy import Occur, Query

        self.loose = self.loose or node.exact or (node.prefix and len(node.words) > 1)
        stems = [stem(word) for word in node.words]
        if node.prefix:
            last = self._prefix(node.words[-1])
            if len(stems) == 1:
                return last
            before = self._words(Words(node.words[:-1], exact=node.exact))
            return Query.boolean_query([(Occur.Must, before), (Occur.Must, last)])
        if not all(stems):
            self.loose = True
            return Query.all_query()
        if len(stems) == 1:
            return Query.term_query(self._schema, "text", stems[0])
        return Query.phrase_query(self._schema, "text", [*stems])

    def _prefix(self, word: str) -> tantivy.Query:
        """Any word that begins so; the index has stems, and some are shorter than the beginning."""
        from tantivy import Occur, Query

        self.loose = True
        start = fold(word)
        starts = {start, start[:-1] + "i" if start.endswith("y") else start}
        shorter = {start[:size] for size in range(max(3, len(start) - 6), len(start))}
        terms = shorter | {f"{part}e" for part in shorter} | {stem(word), stem(start)}
        clauses = [
            (Occur.Should, Query.regex_query(self._schema, "text", f"{part}.*")) for part in starts
        ]
        clauses += [
            (Occur.Should, Query.term_query(self._schema, "text", term))
            for term in sorted(terms)
            if term
        ]
        return Query.boolean_query(clauses)

    def _near(self, node: Near) -> tantivy.Query:
        from tantivy import Occur, Query

        sides = (node.left, node.right)
        if any(len(side.words) > 1 or side.prefix or side.exact for side in sides):
            self.loose = True
            return Query.boolean_query([(Occur.Must, self._words(side)) for side in sides])
        left, right = (stem(side.words[0]) for side in sides)
        return Query.boolean_query(
            [
                (Occur.Should, Query.phrase_query(self._schema, "text", [*pair], node.distance))
                for pair in ((left, right), (right, left))
            ]
        )
