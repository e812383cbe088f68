"""A device that makes passkeys, in the browser of a test."""

from typing import Any

from playwright.sync_api import CDPSession, Page


class Authenticator:
    """A device that says yes to everything, and counts."""

    def __init__(self, page: Page, **options: Any) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        usual = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.session.send("WebAuthn.enable")
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": usual | options})
        self.id = made["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        return list(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def take_back(self, credential: dict[str, Any]) -> None:
        """Put the credential back as it was when it was read: a copy."""
        self.session.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})
