"""The house style: packaged fonts, clean context, two widths."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib import font_manager

from shoplib.viz import style


def test_house_context_leaves_settings_as_they_were() -> None:
    before = dict(mpl.rcParams)
    with style.house():
        assert mpl.rcParams["svg.hashsalt"] == "shoplib"
    assert dict(mpl.rcParams) == before


def test_every_family_is_the_packaged_file() -> None:
    style.register_fonts()
    for family, (package, name) in style.FAMILIES.items():
        found = str(font_manager.findfont(family, fallback_to_default=False))
        assert package in found
        assert found.endswith(name)


def test_fonts_draw_the_scripts_they_should() -> None:
    assert style.drawable("£12k ₹2 हज़ार कखग தமிழ் قهوة Ωж")
    assert not style.drawable("東京")


def test_legible_keeps_what_can_be_drawn() -> None:
    assert style.legible("  Café\n東京  ") == "Café □□"


def test_fit_sets_both_sizes_and_calls_fitters() -> None:
    seen: list[bool] = []
    figure = style.HouseFigure(2.0, 4.0)
    figure.fitters.append(seen.append)
    for wide in (True, False):
        figure.fit(wide=wide)
        assert style.is_wide(figure) is wide
    assert seen == [True, False]
    assert figure.get_size_inches().tolist() == [3.5, 4.0]
