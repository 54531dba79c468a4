"""Can a class use the page: guess, see, go back, change, share, in any browser, at any size?"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import warm
from browsing import Look, barriers, opened
from length import first

from routing.amqp.json_form import topology_as_json
from routing.files.lesson import FIRST, lesson
from routing.files.reading import read_source
from routing.rules.predict import predict

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., "Page"]

ASKED = "Choose the queues, then see it travel (also with the keys \u2190 and \u2192)."
PREDICTED = "Predicted for RabbitMQ {}; no broker was asked."

EVIL = (
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</script><script>alert(2)"),
    *("<!--data-->", "<!--scripts-->", "]]>", "&lt;b&gt;", "`${alert(3)}`", "javascript:alert(4)"),
    *(
        "__proto__",
        "constructor",
        "toString",
        "\u202egnp.exe",
        "שלום",
        "😀👩\u200d👩\u200d👧",
        "\u2028",
        "x" * 255,
    ),
)


@pytest.fixture(scope="session")
def lessons_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of all lessons, predicted."""
    return page_of(tmp_path_factory.mktemp("page"))


def page_of(folder: Path, *words: str) -> Path:
    """Write a page without a broker."""
    path = folder / "page.html"
    done = warm.run(
        ["page", *words, "--predict", "--save", str(path)], env={"LANG": "C.UTF-8"}, cwd=folder
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", f"{path.as_uri()}\n")
    return path


@pytest.fixture
def go(open_page: Open, lessons_page: Path) -> Callable[..., "Page"]:
    """Open the page of all lessons at a link."""

    def open_at(link: str = "", look: Look | None = None) -> "Page":
        page = open_page(lessons_page, look or Look())
        if link:
            follow(page, link)
        return page

    return open_at


def follow(page: "Page", link: str) -> None:
    """Follow a link within the page, until it is followed."""
    page.evaluate(FOLLOW, link)


FOLLOW = """link => new Promise(done => {
    addEventListener('hashchange', () => done(), {once: true})
    location.hash = link
})"""


def told(page: "Page") -> str:
    """Read what is told now."""
    return page.inner_text("#status")


def got(page: "Page") -> list[str]:
    """List the queues that are told to have got a copy."""
    found = page.locator("#queues li").all_inner_texts()
    return [each.split(" ")[1] for each in found if each.startswith("●")]


def test_does_a_guess_find_its_answer(go: Open) -> None:
    """What was chosen is judged queue by queue, counted, and what was missed is told as a rule."""
    page = go("#lesson=topic&m=3")
    for queue in ("billing", "europe"):
        page.click(f"#queues button:has-text('{queue}')")
    page.click("#forward")
    assert page.inner_text("#score").startswith("Nothing is guessed yet.")
    page.click("#last")
    assert got(page) == ["europe", "audit"]
    judged = page.locator("#queues li span.queue").all_inner_texts()
    assert [each.partition(" none")[2] or each.partition(" copy")[2] for each in judged] == [
        " ✗ not as guessed",
        " ✓ as guessed",
        " ✗ not as guessed",
    ]
    assert page.inner_text("#score").splitlines() == [
        "0 of 1 messages right: all their queues, at the first guess.",
        "",
        "What was missed:",
        "",
        "1 \u00d7 * is exactly one word.",
        "1 \u00d7 # is zero or more words.",
        "begin afresh",
    ]


def test_does_only_the_first_guess_count(go: Open) -> None:
    """Who goes back and guesses again learns, but does not score; no queue can be a guess, too."""
    page = go("#lesson=topic&m=6")
    page.click("#none")
    page.click("#last")
    assert told(page) == (
        "6 of 6: Right. No queue takes it: it is dropped, or returned if it is mandatory."
    )
    assert "1 of 1 messages right" in page.inner_text("#score")
    page.click("#first")
    page.click("#queue-0")
    page.click("#last")
    assert told(page).startswith("6 of 6: 2 of 3 queues right: billing gets none. No queue")
    assert "1 of 1 messages right" in page.inner_text("#score")
    page.click("#afresh")
    assert page.inner_text("#score").startswith("Nothing is guessed yet.")


@pytest.mark.parametrize("seen", ["#last", "#forward"])
def test_does_nobody_score_who_has_seen_the_answer(go: Open, seen: str) -> None:
    """A guess after a step was seen is judged, and not counted, of whichever version it is."""
    page = go("#lesson=topic&m=1")
    page.click(seen)
    page.click("#first")
    page.select_option("#version", "4.0.5")
    for queue in ("billing", "audit"):
        page.click(f"#queues button:has-text('{queue}')")
    page.click("#last")
    assert "Right." in told(page)
    assert page.inner_text("#score").startswith("Nothing is guessed yet.")


def test_is_a_question_known_again_by_its_link(go: Open) -> None:
    """Who has seen the answer does not score by following the link to the same question."""
    page = go("#lesson=topic&m=1")
    page.click("text=Change it")
    page.click("#binding-2-remove")
    page.click("#last")
    follow(page, re.sub(r"&step=\d+", "", page.url.partition("#")[2]))
    for queue in ("billing", "audit"):
        page.click(f"#queues button:has-text('{queue}')")
    page.click("#last")
    assert "Right." in told(page)
    assert page.inner_text("#score").startswith("Nothing is guessed yet.")


def test_does_the_message_travel_step_by_step(go: Open) -> None:
    """Forward and back, each binding with its reason, and what is asked now stands out."""
    page = go("#lesson=topic&m=3")
    page.click("#forward")
    assert told(page) == "1 of 6: The message is at exchange orders (topic)."
    page.click("#forward")
    page.click("#forward")
    assert told(page) == (
        "3 of 6: order.eu.* leaves it, so not to queue europe: one word too many: late."
    )
    assert page.locator(".binding[aria-current=step]").inner_text().startswith("· order.eu.*")
    page.click("#back")
    assert told(page).startswith("2 of 6: order.*.paid leaves it")
    for _ in range(4):
        page.click("#forward")
    assert told(page) == "6 of 6: It arrives in audit, europe."
    assert page.get_attribute("#forward", "aria-disabled") == "true"
    page.click("#first")
    assert (told(page), page.get_attribute("#back", "aria-disabled")) == (ASKED, "true")


def test_do_words_stand_under_words(go: Open) -> None:
    """The words of the binding key stand below those of the routing key, what fails is marked."""
    page = go("#lesson=topic&m=3&step=1")
    rows = page.locator(".binding.now .words tr").all_inner_texts()
    assert [row.split() for row in rows] == [
        ["key", "order", "eu", "paid", "late"],
        ["binding", "order", "*", "paid", "✗", "\u2013"],
    ]


def test_do_headers_stand_under_headers(go: Open) -> None:
    """What is asked for stands below what was sent, what is not met is marked."""
    page = go("#lesson=headers&m=3&step=2")
    rows = page.locator(".binding.now .words tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [
        ["message", "\u2013", "paper=True"],
        ["binding", '✗ format="pdf"', "paper=True"],
    ]


def test_does_it_go_on_by_itself(go: Open) -> None:
    """As fast as is wanted, until the end, and then from the beginning; a touch stops it."""
    page = go("#lesson=topic&m=1")
    page.select_option("#speed", "0.5")
    page.click("#play")
    assert page.inner_text("#play") == "pause"
    page.wait_for_function("() => document.getElementById('status').textContent[0] === '6'")
    assert page.inner_text("#play") == "by itself"
    page.click("#play")
    assert told(page) == ASKED
    page.click("#play")
    assert page.inner_text("#play") == "by itself"
    page.click("#play")
    page.click("#queue-0")
    assert page.inner_text("#play") == "by itself"


def test_does_each_button_keep_its_place(go: Open) -> None:
    """Who presses forward again and again never presses anything else."""
    for look in (Look(1280, 720), Look(390, 844)):
        page = go("#lesson=topic&m=3", look)
        at = page.locator("#forward").bounding_box()
        assert at
        for step in range(1, 7):
            page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
            assert told(page).startswith(f"{step} of 6")
            shown = page.locator("#status").bounding_box()
            assert shown
            assert 0 <= shown["y"] <= look.height - shown["height"]


def test_does_a_link_share_a_question(browser: "Browser", lessons_page: Path) -> None:
    """A link opens the same lesson, message and step; what changes is in the address at once."""
    with opened(browser, lessons_page) as first:
        follow(first.page, "#lesson=journey&k=home.city&step=2")
        first.page.fill("#key", "abroad.europe")
        first.page.click("#last")
        link, end = first.page.url, told(first.page)
        assert first.faults() == []
    with browser.new_context() as context:
        second = context.new_page()
        second.goto(link)
        assert (told(second), second.input_value("#key")) == (end, "abroad.europe")


UNREAD = (
    *('{"a":{"!type":"int32","value":"x"}}', '{"a":{"!type":"int8","value":128}}', '{"a":1.5}'),
    *('{"CC":{"!type":"array","value":[{"!type":"longstr","value":5}]}}', '{"a":{"!type":5}}'),
    *(
        '{"a":{"!type":"longstr"}}',
        '{"a":{"!type":"bytes","value":"zz"}}',
        '{"a":9007199254740993}',
    ),
    *('{"a":"\\ud800"}', "[]", "5", f'{{"{"x" * 256}":1}}', "[" * 200 + "]" * 200),
)
"""Headers that no message has."""


def test_is_a_broken_link_told(go: Open) -> None:
    """What cannot be followed is told, and a lesson is there in any case."""
    page = go()
    wrong = ("#h={", "#t=[]", "#t=null", "#t={}", "#lesson=mine", "#m=99", "#m=x", "#v=1.0")
    for link in (*wrong, *(f"#h={each}" for each in UNREAD)):
        follow(page, link)
        assert page.inner_text("#notice").startswith("This link cannot be followed ("), link
        assert page.locator("#queues button").count() == 3
    assert page.inner_text("#notice").endswith(": here is the first lesson.")
    page.click("#last")
    assert page.inner_text("#notice") == ""


@pytest.mark.parametrize(
    "link",
    [
        "#m=2&step=999",
        '#t={"exchanges":[{"name":"x","type":"constructor"}],"queues":["q"],"bindings":[]}&step=9',
    ],
)
def test_is_an_odd_link_followed_as_far_as_it_goes(go: Open, link: str) -> None:
    """What is too much is left out, and what RabbitMQ does not have is not decided or refused."""
    page = go(link)
    assert page.inner_text("#notice") == ""
    assert page.locator("#queues li").count()


def test_can_a_binding_be_changed(go: Open) -> None:
    """A key is changed, a queue declared and bound, a binding removed, and the lesson restored."""
    page = go("#lesson=topic&m=3")
    page.click("text=Change it")
    page.fill("#binding-0-key", "order.#.late")
    page.fill("#new-name", "late")
    page.click("#new-queue")
    page.select_option("#new-end", label="queue late")
    page.fill("#new-key", "#.late")
    page.click("#new-binding")
    page.click("#binding-1-remove")
    page.click("#last")
    assert got(page) == ["billing", "europe", "audit", "late"]
    assert page.inner_text("#result").startswith(PREDICTED.format("4.3.6"))
    page.reload()
    assert got(page) == ["billing", "europe", "audit", "late"]
    page.click("text=Change it")
    page.click("#restore")
    page.fill("#binding-0-key", "zzz")
    assert page.get_attribute("#restore", "aria-disabled") == "false"
    page.fill("#binding-0-key", "order.*.paid")
    assert page.get_attribute("#restore", "aria-disabled") == "true"
    page.click("#last")
    assert got(page) == ["europe", "audit"]
    assert "t=" not in page.url


def test_can_a_refused_binding_be_seen(go: Open) -> None:
    """What RabbitMQ refuses to bind is left out with its reason, and what that taints is told."""
    page = go("#lesson=topic&m=1")
    page.click("text=Change it")
    page.fill("#binding-0-key", "#.a.#.b.#")
    left_out = "✗ left out: orders #.a.#.b.# → billing: RabbitMQ 4.3.6 refuses it: "
    assert left_out in page.inner_text("#topology")
    page.click("#last")
    assert "Not decided: #.a.#.b.# has 3 #" in told(page)
    page.select_option("#version", "4.0.5")
    assert "left out" not in page.inner_text("#topology")


def test_are_headers_typed_with_their_types(go: Open) -> None:
    """A number, a text and what is there without a value go different ways."""
    page = go("#lesson=headers&m=4")
    page.click("#last")
    assert got(page) == ["single", "ledger"]
    page.select_option("#header-0-kind", "text")
    page.click("#last")
    assert got(page) == ["ledger"]
    page.fill("#header-0-name", "urgent")
    page.select_option("#header-0-kind", "no value")
    page.click("#last")
    assert got(page) == ["urgent", "ledger"]
    page.select_option("#header-0-kind", "whole number")
    page.fill("#header-0-value", "many")
    said = 'header 1: its value is not read: write "whole number", such as 1.'
    for wrong in ("many", "", "1.5", "9223372036854775808"):
        page.fill("#header-0-value", wrong)
        assert told(page) == said
        for pressed in ("#last", "#forward", "#play"):
            assert page.get_attribute(pressed, "aria-disabled") == "true"
    page.click("#header-add")
    assert told(page) == said
    page.fill("#header-0-value", "1")
    page.click("#header-add")
    assert told(page) == ASKED
    page.fill("#header-1-value", "x")
    page.click("#header-0-remove")
    page.click("#last")
    assert got(page) == ["ledger"]


@pytest.mark.parametrize("given", ["True", "TRUE", "false", "yes", "1", ""])
def test_is_a_boolean_typed_in_either_way(go: Open, given: str) -> None:
    """As Python and as JSON write it, and in no other way."""
    page = go('#lesson=headers&x=documents&h={"paper":true}')
    page.fill("#header-0-value", given)
    if given.lower() in ("true", "false"):
        assert f'"paper",{given.lower()}' in page.evaluate("decodeURIComponent(location.hash)")
    else:
        assert told(page) == 'header 1: its value is not read: write "true or false", such as true.'


def test_is_a_name_given_twice_refused_where_it_must_be(go: Open) -> None:
    """Headers may have a name twice, the arguments of a binding may not; and no key is too long."""
    page = go("#lesson=headers&m=2")
    page.fill("#header-1-name", "type")
    assert told(page) == ASKED
    page.click("text=Change it")
    page.fill("#binding-0-1-name", "format")
    assert "argument 2: there is one of this name already" in told(page)
    page.fill("#binding-0-2-name", "other")
    page.fill("#key", "x" * 256)
    assert told(page) == (
        "The key cannot be sent (it has 256 bytes, and 255 are the most): shorten it."
    )
    page.fill("#key", "x" * 255)
    assert told(page) == ASKED
    for field in ("#new-key", "#new-name"):
        page.fill(field, "x" * 256)
        assert "255 are the most" in told(page)
        page.fill(field, "")
        assert told(page) == ASKED


def test_is_a_link_never_too_long(go: Open) -> None:
    """What does not fit into one is not promised: it can be saved."""
    page = go("#lesson=topic&m=1")
    page.click("text=Change it")
    page.evaluate("""() => {
        const queues = [...Array(3000).keys()].map(each => `queue ${each}`)
        declare({...state.topology, queues})
        show({form: true})
    }""")
    assert "#" not in page.url
    page.click("text=Share it")
    assert "too large for an address" in page.inner_text("#share")


def test_do_versions_differ_where_they_do(go: Open) -> None:
    """Another RabbitMQ is chosen, and where one does otherwise, that is told without asking."""
    headers = json.dumps({"pages": {"!type": "float64", "value": 1.5}}).replace("1.5", "1")
    page = go(f"#lesson=headers&x=documents&h={headers}&step=99")
    assert got(page) == ["ledger"]
    assert page.inner_text("#result").splitlines() == [
        PREDICTED.format("4.3.6"),
        "",
        "Otherwise on RabbitMQ 3.10.8 (predicted): It arrives in ledger, single.",
        "",
        "Otherwise on RabbitMQ 3.8.9 (predicted): It arrives in ledger, single.",
    ]
    page.select_option("#version", "3.8.9")
    page.click("#last")
    assert got(page) == ["single", "ledger"]


@pytest.mark.parametrize("name", first(("headers", "surprises"), FIRST))
def test_does_every_lesson_go_as_predicted(go: Open, name: str) -> None:
    """Of each message of each lesson, the page tells just the queues that the model does."""
    page, scenario = go(), lesson(name).routing_alone
    for number, route in enumerate(predict(scenario), 1):
        follow(page, f"#lesson={name}&m={number}&step=999")
        shown = page.inner_text("#queues").split("\n")
        assert {each.split(" ")[1] for each in shown if "\u25cf" in each} == route.queues, number


def test_can_it_be_used_by_keys_alone(go: Open) -> None:
    """Tab leads to all of it, Space chooses, and the arrows go step by step."""
    page = go("#lesson=topic&m=1")
    page.focus("#queue-0")
    page.keyboard.press("Space")
    assert page.get_attribute("#queue-0", "aria-pressed") == "true"
    assert page.evaluate("document.activeElement.id") == "queue-0"
    passed = []
    for _ in range(5):
        page.keyboard.press("Tab")
        passed.append(page.evaluate("document.activeElement.id"))
    assert passed == ["queue-1", "queue-2", "none", "back", "forward"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert told(page).startswith("2 of 6")
    page.keyboard.press("ArrowLeft")
    assert told(page).startswith("1 of 6")
    page.focus("#key")
    page.keyboard.press("ArrowRight")
    assert told(page).startswith("1 of 6")
    page.keyboard.press("End")
    page.keyboard.type(".x")
    assert (told(page), page.input_value("#key")) == (ASKED, "order.us.paid.x")
    assert page.evaluate("document.activeElement.id") == "key"


STATES = ("#lesson=topic&m=2", "#lesson=headers&m=2&step=2", "#lesson=journey&m=2&step=99")


@pytest.mark.parametrize(
    ("link", "dark"),
    [
        (STATES[1], True),
        *(pytest.param(s, d, marks=pytest.mark.long) for d in (True, False) for s in STATES),
    ],
)
def test_can_everybody_use_it(go: Open, link: str, *, dark: bool) -> None:
    """Names for all that is pressed or typed, contrast, order: nothing that axe-core knows of."""
    page = go(link, Look(dark=dark, still=True))
    for summary in page.locator("summary").all():
        summary.click()
    assert barriers(page) == []


@pytest.mark.parametrize("link", STATES)
def test_does_it_fit_any_screen(go: Open, link: str) -> None:
    """Nothing lies beside the screen, on a phone as on a wall, where letters are larger."""
    page = go(link)
    page.click("text=Change it")
    for width in (320, 390, 1280, 3840):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        size = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert size >= (16 if width < 1920 else 24)


def test_does_it_move_only_where_that_is_wanted(go: Open) -> None:
    """Who wants no motion sees none."""
    seconds = "getComputedStyle(document.querySelector('.binding')).transitionDuration"
    assert go("", Look(still=True)).evaluate(seconds) == "0s"
    assert go("", Look()).evaluate(seconds) == "0.3s"


def test_is_what_is_printed_without_buttons(go: Open) -> None:
    """Paper shows what is declared, with each reason and its words, and nothing to press."""
    page = go("#lesson=topic&m=3&step=99", Look(printed=True))
    assert page.locator("button:visible, details:visible, input:visible").count() == 0
    assert page.inner_text("#sent") == "published to orders with order.eu.paid.late"
    assert page.locator(".words:visible").count() == 4
    assert page.locator(".why:visible").count() == 4


def test_is_it_a_table_without_scripts(browser: "Browser", lessons_page: Path) -> None:
    """Where no script runs, messages, queues and reasons are there as a plain table."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(lessons_page.as_uri())
        assert "Scripts are off here" in page.inner_text("body")
        row = page.locator("tr", has_text="orders with order.eu.paid.late").inner_text()
    assert row.split("\t") == [
        "orders with order.eu.paid.late",
        "audit, europe (predicted)",
        "#.eu.# takes it for europe: # is order, # is paid.late\n"
        "order.# takes it for audit: # is eu.paid.late",
    ]


def test_is_it_a_table_where_a_server_refuses_scripts(
    browser: "Browser", lessons_page: Path, tmp_path: Path
) -> None:
    """A policy of somebody else's, as a CI server sends it, leaves that table."""
    strict = "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"
    path = tmp_path / "served.html"
    path.write_text(lessons_page.read_text().replace("<head>", f"<head>{strict}", 1))
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(path.as_uri())
        assert page.is_hidden("#page")
        assert page.locator("#plain tr").count() > 60


def hostile(folder: Path, queues: Sequence[str]) -> Path:
    """Write the page of a file with what is not meant well, and with these queues besides."""
    bound = [*zip(EVIL, reversed(EVIL), EVIL, strict=True)]
    bound += [(EVIL[0], queue, f"k.{queue}") for queue in queues]
    source = {
        "exchanges": [{"name": each, "type": "topic"} for each in EVIL],
        "queues": [{"name": each} for each in [*EVIL, *queues]],
        "bindings": [
            {"source": x, "destination": q, "destination_type": "queue", "routing_key": k}
            for x, q, k in bound
        ],
    }
    (folder / "hostile.json").write_text(json.dumps(source))
    return page_of(folder, "hostile.json")


def test_does_nothing_foreign_come_to_life(open_page: Open, tmp_path: Path) -> None:
    """Markup, scripts, letters that turn round: all of it is text, and the page can be used."""
    page = open_page(hostile(tmp_path, []))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for exchange in EVIL:
        page.select_option("#exchange", exchange)
        page.fill("#key", exchange)
        page.click("#last")
        assert re.fullmatch(r"(\d+) of \1: It arrives in .+\.", told(page)), exchange
    follow(page, f"#x={EVIL[0]}&k={EVIL[0]}&step=99")
    assert page.locator("img, iframe, a").count() == 0
    assert page.locator("script").count() == 2
    assert "\u202e" not in page.inner_text("body")
    assert dialogs == []


@pytest.mark.long
def test_are_ten_thousand_queues_usable(open_page: Open, tmp_path: Path) -> None:
    """Some are shown, the others are found by a part of their name, and the route is told."""
    page = open_page(hostile(tmp_path, [f"q{number}" for number in range(10_000)]))
    assert page.locator("#queues li").count() == 200 + 1
    page.fill("#filter", "q999")
    assert page.locator("#queues li").count() == 11 + 1
    page.click("#queues button:has-text('q9998')")
    page.fill("#key", "k.q9999")
    page.click("#last")
    assert got(page) == ["q9999"]
    assert told(page).endswith("It arrives in q9999.")


def exported(page: "Page", form: str, path: Path) -> Any:
    """Save what the page offers, which it shows as well, and read it."""
    with page.expect_download() as saved:
        page.click(f"#save-{form}")
    saved.value.save_as(path)
    assert path.read_text() == page.input_value(f"#as-{form}")
    return read_source(str(path))


@pytest.mark.parametrize("name", first(("headers", "dead-letters"), FIRST))
def test_can_it_be_taken_home(go: Open, name: str, tmp_path: Path) -> None:
    """The TOML that it offers is the lesson, with the message; so are definitions, without it."""
    page = go(f"#lesson={name}&m=2")
    page.click("text=Share it")
    scenario = lesson(name)
    toml = exported(page, "TOML", tmp_path / "taken.toml")
    assert topology_as_json(toml.topology) == topology_as_json(replace(scenario, unbound=()))
    assert [each.message.routing_key for each in toml.messages] == [
        scenario.messages[1].routing_key
    ]
    assert toml.messages[0].message.headers == scenario.messages[1].headers
    assert dict(toml.arguments) == dict(scenario.queue_arguments)
    definitions = exported(page, "definitions", tmp_path / "taken.json")
    said = page.inner_text("#share").partition("definitions cannot hold all: ")[2]
    left = len(scenario.bindings) - len(definitions.topology.bindings)
    assert said == "the binding urgent=None." * left
    assert [e.type for e in definitions.topology.exchanges] == [e.type for e in scenario.exchanges]


def test_is_it_small(lessons_page: Path) -> None:
    """All lessons take less than 150 kB, and nothing is asked for from elsewhere."""
    text = lessons_page.read_text()
    assert len(text.encode()) < 150_000
    assert not re.findall(r"(?:src|href)\s*=|@import|url\(|https?://", text)


@pytest.mark.parametrize("look", [Look(1280, 720), Look(390, 844), Look(320, 568)])
def test_does_nothing_lie_over_what_is_asked_now(go: Open, look: Look) -> None:
    """The binding of each step, and whatever Tab comes to, is beside the buttons, not below."""
    page = go("#lesson=journey&m=2", look)
    for summary in page.locator("summary").all():
        summary.click()
    covered = """() => {
        const bar = document.querySelector('.bar').getBoundingClientRect()
        const now = document.querySelector('.binding.now') ?? document.activeElement
        const at = now.getBoundingClientRect()
        const inside = document.querySelector('.bar').contains(now)
        return inside || now === document.body ? 0 : Math.max(0, at.bottom - bar.top, -at.top)
    }"""
    page.focus("#lesson")
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(covered) <= 1
    for _ in range(9):
        page.click("#forward")
        assert page.evaluate(covered) <= 1


def test_is_a_long_status_no_wall(go: Open) -> None:
    """Of many queues the first are named, and what is said never takes half the screen."""
    queues = [f"region-{number}-service-queue" for number in range(60)]
    bindings = [
        {"source": "x", "destination": each, "destination_type": "queue", "routing_key": ""}
        for each in queues
    ]
    exchanges = [{"name": "x", "type": "fanout"}]
    topology = json.dumps({"exchanges": exchanges, "queues": queues, "bindings": bindings})
    page = go(f"#t={topology}&x=x&step=99", Look(390, 844))
    assert told(page).endswith(" and 52 more.")
    bar = page.locator(".bar").bounding_box()
    assert bar
    assert bar["height"] < 844 / 2


def test_does_zoom_leave_the_buttons_in_reach(go: Open) -> None:
    """Where there is no room for a bar, nothing scrolls away from what was pressed."""
    page = go("#lesson=topic&m=1", Look(640, 360))
    page.locator("#forward").scroll_into_view_if_needed()
    before = page.locator("#forward").bounding_box()
    page.click("#forward")
    after = page.locator("#forward").bounding_box()
    assert before
    assert after
    assert 0 <= after["y"] <= 360


def test_is_a_dark_page_printed_on_white(go: Open) -> None:
    """Paper is white, whatever the screen is."""
    page = go("#lesson=topic&m=1&step=99", Look(dark=True, printed=True))
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(22, 25, 29)"


def test_is_the_focus_where_it_was(go: Open) -> None:
    """What is pressed keeps the focus; what is removed gives it to what takes its place."""
    page = go("#lesson=headers&m=1")
    focused = "document.activeElement.id"
    for pressed in ("last", "first", "afresh"):
        page.focus(f"#{pressed}")
        page.keyboard.press("Enter")
        assert page.evaluate(focused) == pressed
    page.focus("#header-2-remove")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "header-add"
    page.focus("#header-0-remove")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "header-0-remove"


def test_does_a_page_open_on_the_version_that_was_asked(open_page: Open, tmp_path: Path) -> None:
    """Also where that is none of those that were tried; two sources of one name stay apart."""
    page = open_page(page_of(tmp_path, "topic", "topic", "--rabbitmq", "4.1.3"))
    assert page.input_value("#version") == "4.1.3"
    page.select_option("#lesson", "1")
    assert "lesson=topic-2&v=4.1.3" in page.url
    page.reload()
    assert page.input_value("#lesson") == "1"


POLICIES = [
    {"name": each, "pattern": "^x", "apply-to": "exchanges", "priority": 1}
    | {"vhost": "/", "definition": {"alternate-exchange": each}}
    for each in ("one", "two")
]
DOUBTFUL = {
    "exchanges": [{"name": "x", "vhost": "/", "type": "direct"}],
    "queues": [{"name": "q", "vhost": "/"}],
    "bindings": [
        {"source": "x", "vhost": "/", "destination": "q"}
        | {"destination_type": "queue", "routing_key": "k"}
    ],
    "policies": POLICIES,
}


def test_is_a_message_that_comes_twice_two(open_page: Open, tmp_path: Path) -> None:
    """Of two that are the same, the one that was chosen is meant, and shared."""
    message = '[[messages]]\nexchange = "x"\n'
    (tmp_path / "twice.toml").write_text(
        f"{CHOOSING.replace('x-local-random', 'fanout')}{message * 2}"
    )
    page = open_page(page_of(tmp_path, "twice.toml"))
    page.select_option("#own", "1")
    assert (page.input_value("#own"), page.url.endswith("m=2")) == ("1", True)


def test_does_what_is_not_decided_stay_so(open_page: Open, tmp_path: Path) -> None:
    """Also once something else is changed: what a source leaves open is not known any better."""
    (tmp_path / "doubtful.json").write_text(json.dumps(DOUBTFUL))
    page = open_page(page_of(tmp_path, "doubtful.json"))
    page.click("text=Change it")
    for _ in range(2):
        page.select_option("#exchange", "x")
        page.fill("#key", "b")
        page.click("#last")
        assert "Not decided: " in told(page)
        page.fill("#new-name", "more")
        page.click("#new-queue")


CHOOSING = """
queues = ["one", "two"]
[[exchanges]]
name = "x"
type = "x-local-random"
[[bindings]]
source = "x"
destination = "one"
[[bindings]]
source = "x"
destination = "two"
"""


def test_is_what_a_broker_chooses_not_held_against_it(
    open_page: Open, broker_url: str, tmp_path: Path
) -> None:
    """It may be either queue, and what was seen is told as that, with scripts and without."""
    (tmp_path / "choosing.toml").write_text(CHOOSING)
    environ = {"AMQP_URL": broker_url, "LANG": "C.UTF-8"}
    words = ["page", "choosing.toml", "--save", "page.html"]
    assert warm.run(words, env=environ, cwd=tmp_path).returncode == 0
    page = open_page(tmp_path / "page.html")
    page.click("#last")
    assert told(page).endswith("hands each message to one of its 2. It may be one, two.")
    assert re.match(r"✓ seen on RabbitMQ .*: (one|two)\.", page.inner_text("#result"))
    plain = page.locator("#plain tr").last.text_content() or ""
    assert re.search(r"\b(one|two) \(seen on RabbitMQ 4\.3\.\d+\)", plain)


def test_are_deaths_told(open_page: Open, broker_url: str, tmp_path: Path) -> None:
    """Where a message dies: the question is where it comes first, and the end is seen, too."""
    path = tmp_path / "deadly.html"
    environ = {"AMQP_URL": broker_url, "LANG": "C.UTF-8"}
    warm.run(["page", "dead-letters", "--save", str(path)], env=environ, cwd=tmp_path)
    page = open_page(path)
    follow(page, "#lesson=dead-letters&m=1&step=99")
    assert "At first, before anything dies there" in page.inner_text("#queues")
    assert got(page) == ["work"]
    died, seen = page.inner_text("#result").split("\n\n")[:2]
    assert died == "\u2020 rejected in queue work: on to queue graveyard"
    assert re.fullmatch(r"✓ seen on RabbitMQ 4.3.\d+, [-\d]+: in the end graveyard.", seen)
    dies = "\u2020 what dies in queue offers (x-message-ttl=0)"
    assert f"{dies} goes on to exchange dead, with key late.once" in page.inner_text(
        "#topology"
    ).split("\n")


def test_is_every_message_played_seen(open_page: Open, broker_url: str, tmp_path: Path) -> None:
    """What a real broker did is told with its version and date; elsewhere it is a prediction."""
    path = tmp_path / "played.html"
    environ = {"AMQP_URL": broker_url, "LANG": "C.UTF-8"}
    done = warm.run(["page", "topic", "headers", "--save", str(path)], env=environ, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{path.as_uri()}\n")
    page = open_page(path)
    follow(page, "#lesson=topic&m=3&step=99")
    seen = r"✓ seen on RabbitMQ 4\.3\.\d+, \d{4}-\d\d-\d\d: audit, europe\."
    assert re.fullmatch(seen, page.inner_text("#result"))
    page.click("text=Change it")
    page.fill("#binding-3-key", "refund.#")
    page.click("#last")
    assert page.inner_text("#result").startswith("Predicted for RabbitMQ")
    page.click("#restore")
    page.fill("#key", "order.eu")
    page.click("#last")
    assert page.inner_text("#result").startswith("Predicted for RabbitMQ")


def test_is_it_told_where_the_broker_did_otherwise(
    open_page: Open, lessons_page: Path, tmp_path: Path
) -> None:
    """A page whose broker did not do what is predicted says so."""
    path = tmp_path / "lies.html"
    outcome = '{"exchange":"orders","routing_key":"order.us.paid","mandatory":true}'
    seen = f'{outcome},"outcome":{{"4.3.6":{{"queues":["audit"]}}}},"agrees":false'
    begun = f'{{"publish":{outcome}'
    path.write_text(lessons_page.read_text().replace(begun, f'{{"publish":{seen}', 1))
    page = open_page(path)
    follow(page, "#lesson=topic&m=1&step=99")
    assert page.inner_text("#result").startswith("✗ NOT as predicted: seen on RabbitMQ 4.3.6")
