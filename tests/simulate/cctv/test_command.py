"""``shoplib footage``."""

from __future__ import annotations

import pytest

from shoplib import cli


def test_footage_is_written_with_its_truth(tmp_path, capsys):
    given = ["--seconds", "9", "--fps", "2", "--width", "320", "--days", "2", "--set", "staff=1"]
    assert cli.main(["footage", str(tmp_path), *given]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"{tmp_path / '2024-04-28 1000.mp4'}: 9 s, 2 visits, ")
    assert told[2] == f"the truth is in {tmp_path / 'truth'}"
    assert (tmp_path / "2024-04-29 1000.mp4").is_file()


def test_what_cannot_be_is_refused(tmp_path, capsys):
    assert cli.main(["footage", str(tmp_path), "--seconds", "20", "--visits", "50"]) == 2
    assert "50 visits of 12 people do not fit into 20 seconds; at most 8 do" in capsys.readouterr().err
    for given, told in (
        (["--busy", "2"], "'2' is not a share from 0 to 1, such as 0.3"),
        (["--busy", "half"], "'half' is not a share from 0 to 1, such as 0.3"),
        (["--seconds", "long"], "'long' is not a whole number of 0 or more"),
        (["--timezone", "Mars/Base"], "'Mars/Base' is not a zone of the IANA list, such as Asia/Kolkata"),
    ):
        with pytest.raises(SystemExit):
            cli.main(["footage", str(tmp_path), *given])
        assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
