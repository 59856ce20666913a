"""How many of everything, in whole numbers: parties, sales, walk-ins, sales that are not written down."""

from __future__ import annotations

from dataclasses import dataclass

from shoplib.config.worlds import WaterShopWorld
from shoplib.errors import ConfigError
from shoplib.simulate import draws

ONE_PAYS_SHARE = 0.7  # of people who come with others: one of them pays for all
SIZES = {2: 0.70, 3: 0.22, 4: 0.08}  # shares of the sizes of such groups
MEAN_SIZE = sum(size * share for size, share in SIZES.items())


@dataclass(frozen=True)
class Tally:
    """Counts of a world. A party is what one sale can serve: somebody alone, or a group of which one pays."""

    parties: int
    """Parties that come in, in view of the camera."""
    looked: int
    """Parties that buy nothing."""
    walked: int
    """Parties that take cans and leave neither money nor a record."""
    walk_ins: int
    """Sales at the door, without any visit."""
    missing: int
    """Sales that are not written down."""

    @property
    def sales(self) -> int:
        """Sales, written down or not."""
        return self.parties - self.looked - self.walked + self.walk_ins

    @property
    def encounters(self) -> int:
        """Parties and walk-ins together."""
        return self.parties + self.walk_ins


def for_rows(settings: WaterShopWorld, rows: int) -> Tally:
    """Return the counts of a world in which exactly ``rows`` sales are written down.

    Raises ``ConfigError`` if the shares leave no sale to write down.
    """
    if rows == 0:
        return Tally(0, 0, 0, 0, 0)
    if settings.missing_sale_share == 1:
        raise _impossible(rows, "simulate.missing_sale_share", "1: no sale is ever written down")
    sales = round(rows / (1 - settings.missing_sale_share))
    walk_ins = round(settings.walk_in_share * sales)
    served, serves = sales - walk_ins, _serves(settings)
    if served and serves == 0:
        name = "only_looked_share" if settings.only_looked_share == 1 else "walked_off_share"
        raise _impossible(rows, f"simulate.{name}", "1: no visit ever ends with a sale")
    parties = round(served / serves) if served else 0
    looked = min(round(settings.only_looked_share * parties), parties - served)
    return Tally(parties, looked, parties - looked - served, walk_ins, sales - rows)


def for_encounters(settings: WaterShopWorld, encounters: int) -> Tally:
    """Return the counts of a world in which so many parties and walk-ins come."""
    parties = round(encounters / encounters_a_party(settings)) if settings.walk_in_share < 1 else 0
    looked = round(settings.only_looked_share * parties)
    walked = round(settings.walked_off_share * (parties - looked))
    sales = encounters - looked - walked
    missing = round(settings.missing_sale_share * sales)
    return Tally(parties, looked, walked, encounters - parties, missing)


def encounters_a_party(settings: WaterShopWorld) -> float:
    """Return parties and walk-ins for each party; not defined where everybody is a walk-in."""
    return 1 + _serves(settings) * settings.walk_in_share / (1 - settings.walk_in_share)


def parties_a_visit(group_share: float) -> float:
    """Return parties for each person who comes in; groups of which one pays are one party."""
    return 1 - ONE_PAYS_SHARE * group_share * (1 - 1 / MEAN_SIZE)


def sizes(parties: int, group_share: float) -> dict[int, int]:
    """Return how many parties there are of each size."""
    together = ONE_PAYS_SHARE * group_share / MEAN_SIZE / parties_a_visit(group_share)
    shares = {"1": 1 - together, **{str(size): together * share for size, share in SIZES.items()}}
    return {int(size): count for size, count in draws.allocate(parties, shares).items()}


def pairs(parties: int, group_share: float) -> int:
    """Return how many pairs of single parties come in together and pay each their own."""
    return round((1 - ONE_PAYS_SHARE) * group_share * parties / parties_a_visit(group_share) / 2)


def _serves(settings: WaterShopWorld) -> float:
    return (1 - settings.only_looked_share) * (1 - settings.walked_off_share)


def _impossible(rows: int, where: str, found: str) -> ConfigError:
    return ConfigError(
        f"These shares cannot give {rows:,} sales in the file",
        where=where,
        found=found,
        wanted="a share below 1, or simulate.transactions: 0",
        next_step="lower the share",
    )
