"""What a water shop's settings refuse, with the lines a person reads."""

from __future__ import annotations

import pytest

from shoplib.config.load import load
from shoplib.errors import ConfigError

SCENARIO = """name: jal
ingest:
  sources:
    - {kind: simulated, name: sales, file: sample_transactions.csv, mapping: m.yaml}
simulate:
  kind: water_shop
"""
MAPPING = "rows: transaction\nfields: {timestamp: timestamp, total_amount: amount}\n"


def refusal(folder, more: str) -> str:
    """Return the refusal of a scenario with more lines under ``simulate``, which start at line 7."""
    (folder / "m.yaml").write_text(MAPPING)
    file = folder / "jal.yaml"
    file.write_text(SCENARIO + more)
    with pytest.raises(ConfigError) as caught:
        load(file)
    return str(caught.value).replace(str(folder), "<here>")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            "  payment_shares: {cash: 0.5, upi: 0.4, coins: 0.2}\n",
            "line 5  simulate  payment_shares add up to 1.1, not to 1; name every share, for they replace the defaults",
        ),
        (
            "  can_sizes: [{litres: 20, price: 40, share: 0.6}, {litres: 10, price: 25, share: 0.3}]\n",
            "line 5  simulate  shares of can_sizes add up to 0.9, not to 1; name every share, for they replace the "
            "defaults",
        ),
        (
            "  can_sizes: [{litres: 20, price: 40, share: 0.6}, {litres: 20, price: 25, share: 0.4}]\n",
            "line 5  simulate  two can_sizes hold the same litres",
        ),
        (
            "  unpaid_share: 0.7\n  credit_share: 0.4\n",
            "line 5  simulate  unpaid_share and credit_share add up to more than 1",
        ),
        (
            "  start: 2024-03-04\n  end: 2024-03-01\n",
            "line 5  simulate  end 2024-03-01 is before start 2024-03-04",
        ),
        (
            '  opens: "21:00"\n  closes: "07:00"\n',
            "line 5  simulate  closes 07:00 is not after opens 21:00",
        ),
        (
            "  can_sizes: []\n",
            "line 5  simulate  can_sizes is empty; a shop needs at least one size",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(tmp_path, more, problem):
    assert refusal(tmp_path, more) == (
        "<here>/jal.yaml is not a valid scenario (1 problem)\n"
        f"  {problem}\n"
        "  next    mend these and run the same command again; nothing was started"
    )
