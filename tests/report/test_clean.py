"""What cells printed and showed, made harmless."""

from __future__ import annotations

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from shoplib.report import clean


def test_terminal_marks_are_dropped_and_redrawn_lines_keep_their_last_state() -> None:
    assert clean.text("\x1b[31mred\x1b[0m\r\n10%\r50%\r100%\n\x07bell\n") == "red\n100%\nbell"


def test_scripts_styles_and_addresses_are_dropped() -> None:
    raw = '<style>a{}</style><p onclick="x()" style="color:red">hi <a href="https://x.example">link</a></p><script>1</script>'
    assert clean.html(raw) == "<p>hi <a>link</a></p>"
    assert clean.html('<img src="https://x.example/a.png"><img src="/a.png">') == ""
    assert clean.html('<img src="data:image/png;base64,AA">') == (
        f'<img alt="{"Picture from the notebook, without a description"}" src="data:image/png;base64,AA"/>'
    )


def test_a_data_frame_becomes_a_table_of_the_page() -> None:
    raw = (
        '<table border="1"><thead><tr><th></th><th>item</th><th>sold</th></tr></thead>'
        "<tbody><tr><th>0</th><td>Tea</td><td>1,204</td></tr><tr><th>1</th><td>Cake</td><td>NaN</td></tr></tbody></table>"
    )
    soup = BeautifulSoup(f"<body>{clean.html(raw)}</body>", "lxml")
    assert soup.table is not None
    assert soup.table.parent is not None and soup.table.parent["class"] == ["scroll"]
    assert soup.table.attrs == {"class": ["data"]}
    assert [th["scope"] for th in soup("th")] == ["col", "col", "row", "row"]
    assert [cell.get_text() for cell in soup.select(".number")] == ["sold", "1,204", "NaN"]


@given(st.text(alphabet="<>/\"'= scriptonluadhref:;&#", max_size=80))
def test_no_input_leaves_a_script_or_a_handler(raw: str) -> None:
    soup = BeautifulSoup(f"<body>{clean.html(raw)}</body>", "lxml")
    assert soup.find("script") is None
    assert all(not name.startswith("on") for tag in soup.find_all(True) for name in tag.attrs)
