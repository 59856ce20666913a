"""A signed certificate of an erasure: what went and how it was proved, without saying who.

The person stands in it as a digest that needs the shop's master key to be made: with the key and the person's number
the shop can show that a certificate is theirs, and nobody else can find out whose it is. The signature (Ed25519) is
checked with the public key in the certificate alone, also when the master key is gone.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shoplib.base import digest
from shoplib.store import files, keyring
from shoplib.store.keyring import Keyring, Signer

KIND = "certificate of erasure"
EVERYBODY = "everybody"
HASH_LETTERS = 12


def make(
    keys: Keyring, signer: Signer, now: dt.datetime, person: str, erased: Mapping[str, int], search: Mapping[str, Any],
    *, salt: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return a signed certificate; ``person`` stands in it as a digest, ``EVERYBODY`` as it is."""
    salt = salt or secrets.token_hex(16)
    told = {
        "kind": KIND,
        "scenario": keys.scenario,
        "moment": f"{now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "salt": salt,
        "person": EVERYBODY if person == EVERYBODY else keys.digest(person, salt),
        "erased": dict(erased),
        "search": dict(search),
    }
    signature, public = signer(_message(told))
    return {**told, "public_key": public, "signature": signature}


def genuine(certificate: Mapping[str, Any]) -> bool:
    """Return whether a certificate is as it was signed."""
    told = {name: value for name, value in certificate.items() if name not in ("signature", "public_key")}
    signature, public = str(certificate.get("signature", "")), str(certificate.get("public_key", ""))
    return keyring.genuine(_message(told), signature, public)


def is_of(certificate: Mapping[str, Any], keys: Keyring, person: str) -> bool:
    """Return whether a certificate is a person's; only the shop's own master key can tell."""
    return bool(certificate["person"] == keys.digest(person, str(certificate["salt"])))


def text(certificate: Mapping[str, Any]) -> str:
    """Return a certificate as a page to print or mail."""
    search, erased = certificate["search"], certificate["erased"]
    rows = [f"  {what:<34} {many:>9,}" for what, many in erased.items()]
    who = "everybody" if certificate["person"] == EVERYBODY else "one person, whose number is not told here"
    unread = [f"  not searched, since they cannot be read: {', '.join(search['unread'])}"] if search["unread"] else []
    return "\n".join(
        [
            "CERTIFICATE OF ERASURE", "",
            f"scenario     {certificate['scenario']}",
            f"moment       {certificate['moment']}",
            f"person       {who}",
            f"digest       {certificate['person']}",
            f"salt         {certificate['salt']}", "",
            "What was erased", *rows, "",
            "How it was proved",
            f"  {search['files']:,} files were searched for {search['for']}.",
            f"  {search['canaries']} files planted for the search to find were found: {search['canaries_found']}.",
            f"  Left: {search['left']}.", *unread, "",
            "What it does not speak of: the footage itself, backups made elsewhere (of the records of faces they hold "
            "nothing that can be opened any more), paper, and copies of pages that were given away.", "",
            f"public key   {certificate['public_key']}",
            f"signature    {certificate['signature']}", "",
        ]
    )  # fmt: skip


def save(folder: Path, certificate: Mapping[str, Any]) -> tuple[Path, Path]:
    """Write a certificate as JSON and as text and return both paths; its name says the moment and nobody."""
    stem = f"{certificate['moment'].replace(':', '')}-{digest.of_value(certificate)[:HASH_LETTERS]}"
    paths = folder / f"{stem}.json", folder / f"{stem}.txt"
    files.write_json(paths[0], dict(certificate))
    files.write_text(paths[1], text(certificate))
    return paths


def _message(told: Mapping[str, Any]) -> bytes:
    return digest.canonical(dict(told)).encode()
