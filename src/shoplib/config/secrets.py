"""Secrets: a setting names the environment variable that holds one; a value written into a file is refused.

Notebooks keep their parameters, records keep the scenario and its overrides, so whatever a setting holds is in the
outputs. A name may stand there. The value is read at the moment of use and shown masked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NoReturn

from pydantic import BeforeValidator, WithJsonSchema

from shoplib.base import words
from shoplib.errors import ConfigError

KeyPath = tuple[str | int, ...]
HIDDEN = "…"
SHORTEST_WITH_AN_END, SHOWN_END = 8, 2
VARIABLE = r"^[A-Z_][A-Z0-9_]*$"
OF_DATA = ("words", "skip", "attributes", "assortment", "colours", "sizes", "peak_days")  # keys below are data
BY_NAME = "is a secret by its name; put its value in an environment variable and name that in a setting ending in _env"
BY_LOOK = "holds what looks like a secret; put that in an environment variable and name it in a setting ending in _env"
NO_NAME = "must be the name of an environment variable, such as MAIL_PASSWORD, and not the secret itself"

_NAME = re.compile(
    r"(?:\w*(?:password|passwd|passphrase|passcode|secret|token|api_?key|credential|authorization)|(?:\w+_)?pwd"
    r"|(?:\w+_)?(?:access|account|auth|encryption|master|private|shared|signing|ssh)_?key"
    r"|(?:db|ftp|mail|sftp|smtp|user)_?pass)(?P<many>s?)(?:_(?:hash|header|id|key|string|text|value|\d+))*"
)
_KEY = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # Amazon
    r"|\bsk-(?=\S*\d)[\w-]{16,}|\b[rs]k_(?:live|test)_\w{16,}"  # OpenAI and others, Stripe
    r"|\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"  # GitHub, GitLab
    r"|\bxox[a-z]-[\w-]{10,}|\bhooks\.slack\.com/services/\w+|\bAIza[\w-]{35}"  # Slack, Google
    r"|\bhf_\w{30,}|\bnpm_\w{30,}|\b\d{8,10}:AA[\w-]{30,}"  # Hugging Face, npm, Telegram
    r"|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}"  # JSON Web Token, RFC 7519
    r"|-----BEGIN (?!PUBLIC)[A-Z0-9 ]*KEY(?: BLOCK)?-----"  # RFC 7468
    r"|\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:]*:(?!/|\d+/)[^\s@]+@"  # user and password in an address, RFC 3986
    r"|(?i:\b(?:bearer|basic)\s+(?=\S*\d)[\w.~+/-]{16,})"  # RFC 6750, RFC 7617
)
_GIVEN = re.compile(
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private)[_-]?key)\s*=\s*[\"']?[^\s\"'=;,&]",
    re.IGNORECASE,
)


class Secret:
    """A secret whose text forms are masked; it is neither pickled nor written as JSON.

    >>> Secret("correct horse battery staple 19f"), Secret("short")
    (set, 32 characters, ends …9f, set, 5 characters)
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself; call it where it is used and keep the result nowhere."""
        return self._value

    def __repr__(self) -> str:
        told = f"set, {words.plural(len(self._value), 'character')}"
        end = self._value[-SHOWN_END:]
        return f"{told}, ends …{end}" if len(self._value) >= SHORTEST_WITH_AN_END and end.isprintable() else told

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored; keep its name and read it again")


def _variable(value: object) -> object:
    """Refuse without repeating it what is no name: it may be the secret."""
    if not isinstance(value, str) or not re.fullmatch(VARIABLE, value) or looks_secret(value):
        raise ValueError(NO_NAME)
    return value


SecretName = Annotated[str, BeforeValidator(_variable), WithJsonSchema({"type": "string", "pattern": VARIABLE})]


def read(name: str, environment: Mapping[str, str] = os.environ) -> Secret:
    """Return the secret in an environment variable; ``ConfigError`` if it is not set or blank."""
    value = environment.get(name, "")
    if not value.strip():
        raise ConfigError(
            "A secret is not there", where=f"environment variable {name}",
            found="it is blank" if name in environment else "it is not set",
            wanted="the secret itself; it is read when it is used and written nowhere",
            next_step=f"read -rs {name} && export {name}  asks for it unseen; then run the same command again",
        )  # fmt: skip
    return Secret(value)


def secret_name(name: str) -> bool:
    """Return whether a key, column or variable of this name would hold a secret; never for one ending in ``_env``.

    >>> [secret_name(name) for name in ("password", "apiKey", "SMTP_TOKEN", "password_env", "token_life_s", "key")]
    [True, True, True, False, False, False]
    """
    return _NAME.fullmatch(_snake(name)) is not None


def _snake(name: str) -> str:
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower().strip("_")


def looks_secret(text: str) -> bool:
    """Return whether a text holds a well-known kind of key, a password in an address, or ``password=…``.

    >>> [looks_secret(text) for text in ("sftp://ann:pa55@host/x", "token=9f", "https://host/x?page=2")]
    [True, True, False]
    """
    return holds_key(text) or _GIVEN.search(text) is not None


def holds_key(text: str) -> bool:
    """Return whether a text holds a well-known kind of key, or an address with a password; fit for lines of code."""
    return _KEY.search(text) is not None


def line_looks_secret(line: str) -> bool:
    """Return whether a line that cannot be read, in a file or an override, may hold a secret; rather yes than no."""
    return looks_secret(line) or any(secret_name(w) or w.endswith("_env") for w in re.findall(r"[\w-]+", line))


def sift(values: Any) -> tuple[Any, list[tuple[KeyPath, str]]]:
    """Return values without the secrets written into them, and path and reason of each that was.

    A secret becomes ``…``; a key that is itself one is left out. :func:`shown` gives a path to show.
    """
    found: list[tuple[KeyPath, str]] = []
    return _sifted(values, (), "", found), found


def _sifted(value: Any, path: KeyPath, holder: str, found: list[tuple[KeyPath, str]]) -> Any:
    """``holder`` is the nearest key above with the name of a secret, or the key itself if it ends in ``_env``."""
    if isinstance(value, dict):
        kept = {}
        for key, below in value.items():
            if looks_secret(str(key)):
                found.append(((*path, key), BY_LOOK))
            else:
                kept[key] = _sifted(below, (*path, key), _holder(str(key), path, holder), found)
        return kept
    if isinstance(value, list):
        return [_sifted(item, (*path, index), holder, found) for index, item in enumerate(value)]
    reason = _reason(value, holder)
    if reason:
        found.append((path, reason))
    return HIDDEN if reason else value


def _holder(key: str, path: KeyPath, above: str) -> str:
    if any(part in OF_DATA for part in path):
        return above
    return key if secret_name(key) or key.endswith("_env") else "" if above.endswith("_env") else above


def _reason(value: Any, holder: str) -> str:
    if value is None or value == "" or isinstance(value, bool):
        return ""
    if holder.endswith("_env"):
        return "" if isinstance(value, str) and re.fullmatch(VARIABLE, value) and not looks_secret(value) else NO_NAME
    if holder and not (_counts(holder) and isinstance(value, int | float)):
        return BY_NAME
    return BY_LOOK if isinstance(value, str) and looks_secret(value) else ""


def _counts(name: str) -> bool:
    """Return whether a number under this name is how many there are, as in ``max_tokens``."""
    known = _NAME.fullmatch(_snake(name))
    return known is not None and known["many"] == "s"


def shown(path: KeyPath) -> KeyPath:
    """Return a path with each key hidden that looks like a secret."""
    return tuple(HIDDEN if looks_secret(str(part)) else part for part in path)


def named(values: Any) -> Iterator[str]:
    """Yield every environment variable that values name as the place of a secret, in the order of the file."""
    if isinstance(values, dict):
        for key, below in values.items():
            if str(key).endswith("_env") and isinstance(below, str) and re.fullmatch(VARIABLE, below):
                yield below
            else:
                yield from named(below)
    elif isinstance(values, list):
        for item in values:
            yield from named(item)
