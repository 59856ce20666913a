"""The licence of everything the project stands on is known, and may stand beside the project's own."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

import pytest

from shoplib.errors import ConfigError
from shoplib.pipeline import licence_table, licences, lockfile

ROOT = Path(__file__).parents[2]


def package(folder: Path, *lines: str, text: str = "") -> metadata.Distribution:
    """Return an installed package with these lines of metadata and this licence text."""
    place = folder / "fugu-1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", "Name: fugu", "Version: 1.0", *lines, ""]))
    (place / "LICENSE").write_text(text)
    (place / "RECORD").write_text("fugu-1.0.dist-info/METADATA,,\nfugu-1.0.dist-info/LICENSE,,\n")
    return metadata.Distribution.at(place)


def test_every_package_and_weight_is_in_order() -> None:
    assert licences.check(ROOT) == []


def test_every_name_stands_once_in_the_table() -> None:
    names = [name for group in licence_table.STATED.values() for name in group.split()] + [*licence_table.SETTLED]
    assert sorted(names) == sorted(set(names))
    assert set(licences.licences()) == {pin.name for pin in lockfile.pins(ROOT)}


def test_a_package_nobody_looked_up(tmp_path: Path) -> None:
    lock = (ROOT / "requirements.lock").read_text()
    (tmp_path / "requirements.lock").write_text(lock + "fugu==1.0\n")
    problem = "fugu: no licence is known; look it up and add it to src/shoplib/pipeline/licence_table.py"
    assert licences.check(tmp_path) == [problem]
    with pytest.raises(ConfigError) as raised:
        licences.markdown(tmp_path)
    assert str(raised.value) == (
        "The licences are not in order\n"
        f"  {problem}\n"
        "  where   src/shoplib/pipeline/licence_table.py\n"
        "  next    mend the table by each package's own LICENSE file"
    )


def test_a_package_that_left_the_lock(tmp_path: Path) -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    (tmp_path / "requirements.lock").write_text("\n".join(line for line in lines if not line.startswith("zopfli")))
    assert licences.check(tmp_path) == ["zopfli: not in the lock; take it out of src/shoplib/pipeline/licence_table.py"]


@pytest.mark.parametrize(
    ("spdx", "problems"),
    [
        ("MIT", []),
        ("(GPL-2.0-only OR MIT) AND ISC", []),
        ("Apache-2.0 WITH LLVM-exception", []),
        ("LGPL-3.0-only", []),
        ("GPL-2.0-only", ["GPL-2.0-only may not be passed on with AGPL-3.0-or-later"]),
        ("MIT AND CC-BY-NC-4.0", ["MIT AND CC-BY-NC-4.0 may not be passed on with AGPL-3.0-or-later"]),
        ("BSD", ["'BSD' is no SPDX expression"]),
        ("", ["'' is no SPDX expression"]),
        ("WTFPL", ["WTFPL has not been judged; add it to JUDGED in src/shoplib/pipeline/licence_table.py"]),
    ],
)
def test_judging_an_expression(spdx: str, problems: list[str]) -> None:
    assert licences.judge(spdx) == problems


def test_closed_packages_are_allowed_by_name_only() -> None:
    assert licences.judge("LicenseRef-NVIDIA-Proprietary") != []
    assert licences.judge("LicenseRef-NVIDIA-Proprietary", apart=True) == []
    closed = [name for name, spdx in licences.licences().items() if licences.kind_of(spdx) == licence_table.CLOSED]
    assert closed == sorted(name for names in licence_table.APART.values() for name in names.split())


THREE = "Redistributions of source … may not be used to endorse or\n promote products"
TWO = "Redistribution and use in source and binary forms"


@pytest.mark.parametrize(
    ("lines", "text", "spdx"),
    [
        (("License-Expression: mit or apache-2.0",), "", "MIT OR Apache-2.0"),
        (("License: Apache License, Version 2.0",), "", "Apache-2.0"),
        (("License: UNKNOWN", "Classifier: License :: OSI Approved :: ISC License (ISCL)"), "", "ISC"),
        (("License: BSD",), THREE, "BSD-3-Clause"),
        (("Classifier: License :: OSI Approved :: BSD License",), TWO, "BSD-2-Clause"),
        (("Classifier: License :: OSI Approved :: BSD License",), "", ""),
        (("License: Dual License", "Classifier: License :: OSI Approved :: BSD License",
          "Classifier: License :: OSI Approved :: Apache Software License"), TWO, ""),
        ((), THREE, ""),
    ],
)  # fmt: skip
def test_what_a_package_states_of_itself(tmp_path: Path, lines: tuple[str, ...], text: str, spdx: str) -> None:
    assert licences.stated(package(tmp_path, *lines, text=text)) == spdx


def test_the_face_weights_are_the_ones_with_a_known_licence_and_the_noncommercial_one_is_named() -> None:
    for weight in licence_table.WEIGHTS:
        place = next(p for p in metadata.distribution(weight.package).files or [] if p.name == weight.file)
        assert hashlib.sha256(Path(str(place.locate())).read_bytes()).hexdigest() == weight.sha256
    assert "shape_predictor_68_face_landmarks.dat" not in {weight.file for weight in licence_table.WEIGHTS}
    assert any(reason.startswith("shape_predictor_68_face_landmarks.dat: non-com") for reason in licences.commercial())


def test_no_module_names_the_noncommercial_file() -> None:
    table = ROOT / "src" / "shoplib" / "pipeline" / "licence_table.py"
    users = [path.name for path in (ROOT / "src").rglob("*.py") if path != table and "68_face" in path.read_text()]
    assert users == []


def test_what_binds_a_business_is_told_strictest_first() -> None:
    reasons = licences.commercial()
    assert [reason.split()[0].strip(",:") for reason in reasons] == [
        "The", "ultralytics", "cuda-toolkit", "shape_predictor_68_face_landmarks.dat",
    ]  # fmt: skip


def test_a_line_of_the_lock_without_a_version(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("# exact\nfugu>=1\n")
    with pytest.raises(ConfigError) as raised:
        lockfile.pins(tmp_path)
    assert str(raised.value) == (
        "A line of the lock does not name one version\n"
        "  where   requirements.lock line 2\n"
        "  found   fugu>=1\n"
        "  wanted  name==version\n"
        "  next    run  make lock"
    )
