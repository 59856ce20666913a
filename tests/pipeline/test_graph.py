"""Graph shapes: order, parents, who follows from whom, and graphs that cannot be."""

import pytest

from shoplib.config.models import Scenario
from shoplib.config.worlds import EposWorld
from shoplib.errors import ConfigError
from shoplib.pipeline import graph
from shoplib.pipeline.stages import STAGES, Stage

SCENARIO = Scenario.model_validate(
    {"name": "s", "ingest": {"sources": [{"kind": "csv", "name": "sales", "path": "x.csv", "mapping": "m.yaml"}]}}
)


def build(*stages):
    return graph.build(SCENARIO, stages)


def names(stages):
    return [stage.name for stage in stages]


def test_order_follows_from_needs_and_gives_whatever_order_they_are_written_in():
    late, early = Stage("a_late", needs=("x",)), Stage("z_early", gives=("x",))
    assert names(build(late, early).stages) == ["z_early", "a_late"]


def test_equal_ranks_are_in_order_of_name():
    assert names(build(Stage("c"), Stage("a"), Stage("b")).stages) == ["a", "b", "c"]


def test_a_diamond_has_two_branches_and_one_end():
    found = build(
        Stage("a", gives=("x",)), Stage("b", needs=("x",), gives=("y",)),
        Stage("c", needs=("x",), folders=("z",)), Stage("d", needs=("y", "z")),
    )  # fmt: skip
    assert found.parents(found.stage("d")) == ("b", "c")
    assert found.after(["b"]) == {"b", "d"}
    assert found.before(["d"]) == {"a", "b", "c", "d"}


def test_an_optional_need_is_used_only_if_somebody_gives_it():
    taker = Stage("taker", needs=("x?",))
    assert build(taker).inputs(taker) == ()
    assert build(Stage("giver", gives=("x",)), taker).inputs(taker) == ("x",)


def test_a_stage_that_reads_chapters_comes_after_all_others():
    found = build(Stage("a_page", reads_chapters=True), Stage("b"), Stage("c"))
    assert names(found.stages) == ["b", "c", "a_page"]


def test_a_stage_is_found_by_its_number_and_a_wrong_name_suggests_the_nearest():
    found = build(Stage("03_etl"), Stage("04_eda"))
    assert found.stage("03").name == "03_etl"
    with pytest.raises(ConfigError) as error:
        found.stage("04_edda")
    assert str(error.value) == (
        'This scenario has no stage "04_edda"\n  found   03_etl, 04_eda\n  next    did you mean "04_eda"?'
    )


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        (
            (Stage("a", gives=("x",)), Stage("b", gives=("x",))),
            'Both a and b give "x"\n  where   pipeline/stages.py\n  next    let one of them give it',
        ),
        (
            (Stage("a", gives=("sales",)), Stage("b", needs=("sale",))),
            'b needs "sale", but no stage of this scenario gives it\n  where   pipeline/stages.py\n'
            '  next    did you mean "sales"?',
        ),
        (
            (Stage("a", needs=("y",), gives=("x",)), Stage("b", needs=("x",), gives=("y",))),
            "Stages need one another in a circle\n  where   pipeline/stages.py\n  found   a → b → a",
        ),
    ],
)
def test_an_impossible_graph_is_refused_with_the_reason(stages, message):
    with pytest.raises(ConfigError) as error:
        build(*stages)
    assert str(error.value) == message


def test_simulated_data_wake_the_generator():
    assert "02_transaction_generation" not in names(build(*STAGES).stages)
    simulated = SCENARIO.model_copy(update={"simulate": EposWorld()})
    assert names(graph.build(simulated, STAGES).stages)[0] == "02_transaction_generation"
