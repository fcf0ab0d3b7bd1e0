"""Cards, mini-programs and merged forwards are read out of the XML that WeChat sends."""

import html
import time

import pytest

from groupbot.adapters.wechaty.carried import MOST_WORDS, kind_in, words_in

INNER = (
    "<recordinfo><title>群聊的聊天记录</title><desc>小王: 在吗\n小李: 加我</desc><datalist count='2'>"
    "<dataitem datatype='1'><sourcename>小王</sourcename><datadesc>在吗 A&amp;B</datadesc></dataitem>"
    "<dataitem datatype='1'><sourcename>小李</sourcename><datadesc>兼职日结，加我微信 abcd8888</datadesc></dataitem>"
    "</datalist></recordinfo>"
)
HEAD = "<?xml version='1.0'?><msg><appmsg><title>群聊的聊天记录</title><des>小王: 在吗\n小李: …</des><type>19</type>"
ESCAPED = f"{HEAD}<recorditem>{html.escape(INNER)}</recorditem></appmsg></msg>"
IN_CDATA = f"{HEAD}<recorditem><![CDATA[{INNER}]]></recorditem></appmsg></msg>"
CLOSED = f"{HEAD}</appmsg></msg>"
PROGRAM = (
    "<msg><appmsg appid='wx1'><title><![CDATA[拼单<立减>50]]></title><type>33</type>"
    "<sourcedisplayname>好物小店</sourcedisplayname><weappinfo><username>gh_1@app</username></weappinfo></appmsg></msg>"
)
CARD = '<?xml version="1.0"?>\n<msg bigheadimgurl="" username="wxid_9" nickname="兼职&amp;小助手" sex="1" />'
LINK = "<msg><appmsg><title>一篇文章</title><des>x</des><type>5</type></appmsg></msg>"


@pytest.mark.parametrize("xml", [ESCAPED, IN_CDATA])
def test_a_forward_says_what_its_messages_say(xml):
    assert kind_in(xml) == "chat_history"
    assert words_in(xml).split("\n") == ["群聊的聊天记录", "在吗 A&B", "兼职日结，加我微信 abcd8888"]


def test_a_forward_whose_messages_are_not_there_says_what_it_shows():
    assert words_in(CLOSED) == "群聊的聊天记录\n小王: 在吗\n小李: …"


@pytest.mark.parametrize(
    ("xml", "kind", "words"),
    [
        (PROGRAM, "mini_program", "拼单<立减>50\n好物小店"),
        (CARD, "contact_card", "兼职&小助手"),
        (LINK, "", "一篇文章\nx"),
        ("<xml/>", "", "<xml/>"),
        ("<msg>", "", ""),
        ("<msg> 请看", "", ""),
        ("大家好 <title>x</title>", "", "大家好 <title>x</title>"),
        ("", "", ""),
    ],
)
def test_what_else_comes_as_xml(xml, kind, words):
    assert (kind_in(xml), words_in(xml)) == (kind, words)


@pytest.mark.parametrize("piece", ["<title>", "<title></des>", "&lt;", "<![CDATA[", '<type>1 nickname="'])
def test_hostile_text_is_read_in_time_and_bounds(piece):
    begun = time.perf_counter()
    xml = "<msg><appmsg>" + piece * 500_000
    assert kind_in(xml) == ""
    assert len(words_in(xml)) <= MOST_WORDS
    assert time.perf_counter() - begun < 1
