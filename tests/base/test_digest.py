"""Digests: the published ones, and the same for the same value."""

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import digest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_published_digest_of_abc():
    # FIPS 180-4, appendix
    assert digest.of_bytes(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("size", [0, 1, digest.CHUNK_BYTES, digest.CHUNK_BYTES + 1])
def test_stream_and_bytes_agree(size):
    data = b"x" * size
    assert digest.of_stream(io.BytesIO(data)) == digest.of_bytes(data) == hashlib.sha256(data).hexdigest()


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.randoms())
def test_order_of_keys_does_not_matter(value, random):
    items = list(value.items())
    random.shuffle(items)
    assert digest.of_value(dict(items)) == digest.of_value(value)


@given(VALUES, VALUES)
def test_equal_text_means_equal_digest(one, two):
    assert (digest.canonical(one) == digest.canonical(two)) == (digest.of_value(one) == digest.of_value(two))


def test_nan_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest.of_value({"a": float("nan")})
