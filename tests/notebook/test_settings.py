"""A stage sees the sections it declared."""

import pytest

from shoplib.errors import UndeclaredError


def test_only_declared_sections_are_seen(run):
    assert run.config.sales.overview_days == 90
    with pytest.raises(UndeclaredError) as error:
        _ = run.config.report
    assert str(error.value) == (
        'Stage s did not declare the section "report"\n  where   pipeline/stages.py\n  found   seed, shop, sales\n'
        '  next    add "report" to its sections, so that a change of it re-runs the stage'
    )
