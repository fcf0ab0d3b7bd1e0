"""The log: one stream for everybody, fields bound, secrets and bodies kept out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from groupbot import log
from groupbot.settings import LogSettings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logger.remove()
    logger.configure(patcher=lambda _record: None)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in log.NOISY:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def start():
    def start(options: LogSettings | None = None, *secrets: str) -> io.StringIO:
        stream = io.StringIO()
        log.configure(options or LogSettings(), secrets, stream=stream)
        return stream

    return start


def test_a_line_has_level_place_message_and_fields(start):
    out = start()
    logger.bind(campaign="c-1", group="camp-1").info("sent {}", 3)
    line = out.getvalue()
    assert "INFO" in line
    assert line.endswith("sent 3 campaign=c-1 group=camp-1\n")


def test_it_goes_to_standard_error_by_default(capsys):
    log.configure(LogSettings())
    logger.info("hello")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hello" in captured.err


def test_lesser_records_are_left_out(start):
    out = start(LogSettings(level="WARNING"))
    logger.info("small")
    logger.warning("big")
    assert "small" not in out.getvalue()
    assert "big" in out.getvalue()


def test_json_is_one_flat_object_per_line(start):
    out = start(LogSettings(format="json"))
    logger.bind(account="main", attempt=2, path=Path("a")).warning("第一 {{x}} <b>")
    record = json.loads(out.getvalue())
    assert record.pop("at")
    assert record == {
        "level": "WARNING",
        "logger": __name__,
        "message": "第一 {{x}} <b>",
        "account": "main",
        "attempt": 2,
        "path": "a",
    }


def test_a_new_configuration_replaces_the_old(start):
    first = start()
    second = start()
    logger.info("hello")
    assert first.getvalue() == ""
    assert second.getvalue().count("hello") == 1


def test_a_file_is_written_beside_the_stream(start, tmp_path):
    file = tmp_path / "logs" / "groupbot.log"
    out = start(LogSettings(file=file), "s3cret")
    logger.info("开课 s3cret")
    assert "开课 ***" in file.read_text(encoding="utf-8")
    assert "开课 ***" in out.getvalue()


def test_a_full_file_is_rotated(start, tmp_path):
    start(LogSettings(file=tmp_path / "groupbot.log", rotation_mb=0.001))
    for _ in range(20):
        logger.info("x" * 100)
    assert len(list(tmp_path.iterdir())) > 1


class TestSecrets:
    @pytest.mark.parametrize(
        "said",
        [
            "token=t0ken",
            "access_token: t0ken",
            "{'authorization': 'Wechaty t0ken'}",
            "Authorization: Bearer t0ken",
            "authorization: Wechaty t0ken",
            'api_key="t0ken"',
            "PASSWORD = t0ken",
            "postgresql://user:t0ken@host/name",
        ],
    )
    def test_what_is_written_like_one_is_blotted_out(self, start, said):
        out = start()
        logger.info("{}", said)
        assert "t0ken" not in out.getvalue()
        assert log.BLOT in out.getvalue()

    def test_known_values_are_blotted_out_wherever_they_stand(self, start):
        out = start(None, "s3cret", "s3cret-longer", "")
        logger.bind(place="at s3cret", count=1, none=None).info("s3cret-longer, then s3cret")
        line = out.getvalue()
        assert "s3cret" not in line
        assert "-longer" not in line
        assert line.endswith("***, then *** place=at *** count=1 none=None\n")

    def test_a_field_named_like_one_is_blotted_out(self, start):
        out = start()
        logger.bind(gateway_token="abc def").info("hello")
        assert "abc" not in out.getvalue()
        assert "def" not in out.getvalue()

    def test_a_traceback_is_kept_without_them(self, start):
        out = start(None, "s3cret")
        held = "s3cret"
        try:
            raise RuntimeError(f"refused {held}")  # noqa: TRY301
        except RuntimeError:
            logger.exception("failed")
        told = out.getvalue()
        assert "s3cret" not in told.replace('held = "s3cret"', "")
        assert "RuntimeError: refused ***" in told

    @pytest.mark.parametrize("harmless", ["token_env is set", "20 tokens", "http://host/path", "no password here"])
    def test_other_words_stay(self, harmless):
        assert log.blotter([])(harmless) == harmless

    @given(st.text(min_size=1), st.text(), st.text())
    def test_a_known_value_never_passes(self, secret, before, after):
        assert secret not in log.blotter([secret])(before + secret + after).replace(log.BLOT, "") or secret in log.BLOT


class TestBodies:
    @pytest.mark.parametrize("field", sorted(log.BODY_FIELDS))
    def test_are_left_out_at_info(self, start, field):
        out = start(LogSettings(level="DEBUG"))
        logger.bind(**{field: "members' words"}).info("received")
        assert "received" in out.getvalue()
        assert "members' words" not in out.getvalue()

    def test_are_there_at_debug(self, start):
        out = start(LogSettings(level="DEBUG"))
        logger.bind(text="members' words").debug("received")
        assert "members' words" in out.getvalue()


class TestLibraries:
    def test_the_standard_module_comes_the_same_way(self, start):
        out = start(None, "s3cret")
        logging.getLogger("some.library").warning("careful with %s", "s3cret")
        assert "WARNING some.library: careful with ***" in out.getvalue()

    def test_levels_without_a_name_are_kept(self, start):
        out = start()
        logging.getLogger("some.library").log(35, "between")
        assert "between" in out.getvalue()

    def test_tracebacks_are_kept(self, start):
        out = start()
        try:
            raise RuntimeError("odd")  # noqa: TRY301
        except RuntimeError:
            logging.getLogger("some.library").exception("failed")
        assert "RuntimeError: odd" in out.getvalue()

    @pytest.mark.parametrize("name", ["apscheduler.scheduler", "grpclib.client", "sqlalchemy.engine"])
    def test_the_noisy_ones_are_heard_from_warning_on(self, start, name):
        out = start(LogSettings(level="DEBUG"))
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("trouble")
        assert "chatter" not in out.getvalue()
        assert "trouble" in out.getvalue()


@given(message=st.text(), field=st.text())
def test_any_text_is_one_json_record(message, field):
    stream = io.StringIO()
    log.configure(LogSettings(format="json"), stream=stream)
    logger.bind(group=field).info("{}", message)
    record = json.loads(stream.getvalue())
    blot = log.blotter([])
    assert (record["message"], record["group"]) == (blot(message), blot(field))
