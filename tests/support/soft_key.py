"""A passkey whose answers a test composes itself, to bend what a browser never would."""

import hashlib
import json
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

from portal.auth.factor_models import Passkey
from portal.auth.models import User
from tests.support import make

PRESENT, VERIFIED = 0x01, 0x04


class SoftKey:
    """Stored for the user. It counts one up with each answer."""

    def __init__(self, user: User) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.count = 1
        public = self._key.public_key().public_numbers()
        # COSE, RFC 9053: EC2, ES256, P-256
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        self.handle = user.ref
        self.id = bytes_to_base64url(f"key {make.number()}".encode())
        made = Passkey(
            ref=f"K-{make.number():06}",
            user_id=user.id,
            name="Soft key",
            credential_id=self.id,
            public_key=bytes_to_base64url(cbor2.dumps(cose)),
            sign_count=0,
            transports=[],
            is_synced=False,
            created_at=make.NOON,
        )
        make.saved(made)

    def answer(
        self,
        options: str,
        *,
        flags: int = PRESENT | VERIFIED,
        origin: str = "http://localhost",
        host: str = "localhost",
        kind: str = "webauthn.get",
    ) -> str:
        """What a browser would send for these options."""
        client: dict[str, Any] = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": origin}
        data = json.dumps(client).encode()
        authenticator = hashlib.sha256(host.encode()).digest() + struct.pack(">BI", flags, self.count)
        signed = self._key.sign(authenticator + hashlib.sha256(data).digest(), ec.ECDSA(hashes.SHA256()))
        self.count += 1
        response = {
            "clientDataJSON": bytes_to_base64url(data),
            "authenticatorData": bytes_to_base64url(authenticator),
            "signature": bytes_to_base64url(signed),
            "userHandle": bytes_to_base64url(self.handle.encode()),
        }
        return json.dumps({"id": self.id, "rawId": self.id, "type": "public-key", "response": response})


def made(options: str, *, flags: int = PRESENT | VERIFIED, origin: str = "http://localhost") -> str:
    """What a browser would send for a new passkey, asked for with these options; without attestation."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
    key_id = f"key {make.number()}".encode()
    client = {"type": "webauthn.create", "challenge": json.loads(options)["challenge"], "origin": origin}
    place = hashlib.sha256(json.loads(options)["rp"]["id"].encode()).digest()
    has_key = 0x40
    data = place + struct.pack(">BI", flags | has_key, 0) + bytes(16) + struct.pack(">H", len(key_id)) + key_id
    attested = {"fmt": "none", "attStmt": {}, "authData": data + cbor2.dumps(cose)}
    response = {
        "clientDataJSON": bytes_to_base64url(json.dumps(client).encode()),
        "attestationObject": bytes_to_base64url(cbor2.dumps(attested)),
    }
    given = bytes_to_base64url(key_id)
    return json.dumps({"id": given, "rawId": given, "type": "public-key", "response": response})
