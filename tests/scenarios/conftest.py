"""The shops of ``params/``, each run once for all tests that read what it left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class ShopRun:
    """A finished run: the shop, its workbook, the words that name the scenario, and what the command said."""

    shop: str
    root: Path
    words: tuple[str, ...]
    said: str

    @property
    def latest(self) -> Path:
        """Folder of the run."""
        return next((self.root / "outputs").iterdir()) / "latest"


FEW = ("simulate.transactions=1200", "forecasting=null", "customers=null")
SMALL = {
    **{shop: (f"params/tiny/{shop}.yaml",) for shop in ("water_shop", "retail", "branch", "epos")},
    **{shop: (shop, *(word for setting in FEW for word in ("--set", setting))) for shop in ("cafe", "flower_shop")},
}


@pytest.fixture(scope="session")
def shop_run(tmp_path_factory, command, new_workbook) -> Callable[[str], ShopRun]:
    """Run a shop of ``params/``, made small, and keep its run for whoever asks again."""
    made: dict[str, ShopRun] = {}

    def run(shop: str) -> ShopRun:
        if shop not in made:
            root = new_workbook(tmp_path_factory.mktemp(shop) / "workbook")
            done = command(root, *SMALL[shop])
            assert done.returncode == 0, done.stdout + done.stderr
            made[shop] = ShopRun(shop, root, SMALL[shop], done.stdout)
        return made[shop]

    return run
