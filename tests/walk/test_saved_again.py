"""Does a walk go on with its lesson when the file is saved?"""

from pathlib import Path

from walked import ROOT, terminal

from routing.broker import Broker

LESSON = (ROOT / "scenarios/topic.py").read_text()


def test_is_the_screen_another_one_when_a_binding_is(broker: Broker, tmp_path: Path) -> None:
    """The screen stays the same one, with what the changed binding does; a mistake is told."""
    file = tmp_path / "mine.py"
    file.write_text(LESSON)
    with terminal(broker.url, ["walk", str(file), "--follow"]) as shown:
        shown.seen()
        shown.press(*"\n" * 5)
        assert "·  billing" not in shown.screen.text
        assert "message 1/8" in shown.screen.text

        file.write_text(LESSON.replace('"order.*.paid"', '"refund.*.paid"'))
        assert "message 1/8" in shown.await_seen("·  billing")

        line = LESSON[: LESSON.index('queue="billing"')].count("\n") + 1
        file.write_text(LESSON.replace('queue="billing"', 'queue="biling"'))
        assert f"line {line}" in shown.await_seen("there is no queue biling; did you mean billing?")
        assert "·  billing" in shown.press("\n")

        file.write_text(LESSON)
        assert "message 1/8" in shown.await_seen("●  billing")
        assert "message 2/8" in shown.press("\n")
        shown.leave("q")
    assert shown.process.returncode == 0


def test_does_a_lesson_that_became_shorter_show_its_last_screen(
    broker: Broker, tmp_path: Path
) -> None:
    """Whoever is beyond its end sees what came of it."""
    file = tmp_path / "mine.py"
    file.write_text(LESSON)
    with terminal(broker.url, ["walk", str(file), "--follow", "--from", "8"]) as shown:
        shown.seen()
        shown.press("\n")
        begin = LESSON.index('        Message(exchange="orders", routing_key="order.eu.paid")')
        file.write_text(LESSON[:begin] + LESSON[LESSON.index("    ],\n)", begin) :])
        assert "Nobody guessed this time." in shown.await_seen("what came of it")
        shown.leave("q")
    assert shown.process.returncode == 0
