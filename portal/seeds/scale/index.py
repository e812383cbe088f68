"""By what the companies of a large program are found, without taking each name apart anew."""

from functools import cache

from portal.lookalikes.keys import keys_of
from portal.lookalikes.letters import fold
from portal.lookalikes.marks import person_mark
from portal.lookalikes.names import name_of_words
from portal.lookalikes.rules import Kind
from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.words import Company

_folded = cache(fold)


def name_in_index(bulk: Bulk, ref: str, partner_id: int, company: Company, *, since: str, email: str) -> None:
    """The entry of a referral, as its submission would have written it."""
    id_, person = bulk.new_id("company_names"), person_mark(email)
    words = tuple(map(_folded, company.name.split()))
    label = "".join(words)
    bulk.add(
        "company_names",
        id=id_,
        kind=Kind.REFERRAL.value,
        ref=ref,
        partner_id=partner_id,
        name=company.legal_name,
        domain=company.domain,
        words=" ".join(words),
        label=label,
        since=since,
        until=None,
        person=person,
        phone=None,
    )
    for key in (*keys_of(name_of_words(words), label), person):
        bulk.add("company_keys", key=key, company_id=id_)
