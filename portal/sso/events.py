from dataclasses import dataclass

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class OfSignOn(Event):
    """About a connection; `ref` is its reference. A partner's people read what happens to their company's."""

    audience = Audience.PARTNER


@dataclass(frozen=True, kw_only=True)
class SingleSignOnChanged(OfSignOn):
    sentence = "{by} changed the settings of single sign-on."


@dataclass(frozen=True, kw_only=True)
class SingleSignOnEnabled(OfSignOn):
    sentence = "{by} switched single sign-on on."


@dataclass(frozen=True, kw_only=True)
class SingleSignOnDisabled(OfSignOn):
    sentence = "{by} switched single sign-on off."


@dataclass(frozen=True, kw_only=True)
class ProviderTrusted(OfSignOn):
    sentence = "{by} decided that the identity provider counts as a second factor."


@dataclass(frozen=True, kw_only=True)
class ProviderNotTrusted(OfSignOn):
    sentence = "{by} decided that the identity provider does not count as a second factor."


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(OfSignOn):
    user_user_id: int

    sentence = "{user} signed in through the identity provider for the first time."


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(OfSignOn):
    user_user_id: int

    sentence = "{by} took back who the identity provider says {user} is."


@dataclass(frozen=True, kw_only=True)
class AccountMade(OfSignOn):
    """`ref` is the person's: they came with the word of an identity provider, without an invitation."""

    user_user_id: int

    sentence = "{user} was given an account, because the identity provider vouches for them."
