"""Who is counted as who, where they came from, who cared for them, and what stays when they are forgotten."""

import pytest
from sqlalchemy import insert, select

from groupbot.core.events import Person
from groupbot.errors import StoreError
from groupbot.settings.tracking import ChannelSettings, StageSettings
from groupbot.storage.channel_marks import SqlChannelMarks
from groupbot.storage.members import SqlMembers
from groupbot.storage.persons import SqlAliases
from groupbot.storage.report_figures import members_of
from groupbot.storage.roster import SqlRoster
from groupbot.storage.tables import code_visits, conversions, live_codes, member_notes, trails
from groupbot.tracking.channels import Source
from groupbot.tracking.facts import FactKind
from groupbot.tracking.metrics import Dimension
from groupbot.tracking.origins import ChannelWords
from groupbot.tracking.rolling import Rolling
from groupbot.tracking.roster import Reading
from groupbot.tracking.rules import rules_of
from tests.contract.rollups.world import at, greeted, joined, left, wrote

M, G, C, V = Dimension.METRIC, Dimension.GROUP, Dimension.CHANNEL, Dimension.VARIANT
CHANNELS = [
    ChannelSettings(name="poster", greetings=("红薯",), keywords=("南瓜",)),
    ChannelSettings(name="wing", groups=("g2",)),
]


async def channels(world):
    """Return how many joined through each channel."""
    sums = await world.sums(C, metrics=["stage:joined"])
    return {channel: count for (channel,), count in sums.items()}


async def test_two_accounts_of_one_person_count_once_and_apart_again(either):
    await either.campaign()
    await either.tell(joined("ann", 1), joined("ann2", 2), wrote("ann2", 5), joined("bob", 3, inviter="ann2"))
    assert await either.count("stage:joined") == 3
    aliases = SqlAliases(either.database)

    await aliases.join("ann", "ann2", by="", now=either.clock.now())

    assert await either.count("stage:joined") == 2
    assert await either.roller.verify("spring") == []
    await aliases.part("ann2", by="", now=either.clock.now())
    assert await either.count("stage:joined") == 3
    assert await either.roller.verify("spring") == []


async def test_the_channel_is_told_by_what_is_trusted_most(world):
    world.rolling = Rolling(words=ChannelWords(CHANNELS))
    await world.campaign("spring", "g1", "g2")
    await world.tell(
        greeted("ann", 0.5, "我是红薯来的"), joined("ann", 1), joined("bob", 2, group="g2"), joined("cid", 3)
    )
    await world.tell(joined("dan", 4, inviter="ann"), joined("eve", 5, inviter="dan"), wrote("cid", 6, "南瓜！"))
    await world.tell(joined("fay", 7, inviter="fay"), joined("guy", 9, inviter="hal"), joined("hal", 8, inviter="guy"))

    assert await channels(world) == {"poster": 4, "wing": 1, "": 3}
    assert await world.count("invited") == 3, "dan, eve, and of two who name each other the later one"

    await SqlChannelMarks(world.database).mark(
        {"ann": "fair"}, source=Source.COMMAND, campaign="spring", by="", now=world.clock.now()
    )
    assert await channels(world) == {"fair": 3, "poster": 1, "wing": 1, "": 3}
    assert await world.roller.verify("spring") == []


async def test_a_visit_tells_the_channel_only_if_most_visits_are_of_it(world):
    await world.campaign("spring", "g1")
    async with world.database.write() as conn:
        for code, variant in (("a", "red"), ("b", "")):
            row = {"code": code, "channel": f"ch-{code}", "variant": variant, "created_at": at(0)}
            await conn.execute(insert(live_codes).values(row))
        for code, minute, visits in (("a", 10, 3), ("b", 12, 1), ("a", 100, 2), ("b", 100, 2)):
            await conn.execute(insert(code_visits).values(code=code, minute=at(minute), group="g1", visits=visits))
    await world.tell(joined("ann", 12.5), joined("bob", 101), joined("cid", 300))

    sums = await world.sums(C, V, metrics=["stage:joined"])

    assert sums == {("ch-a", "red"): 1, ("", ""): 2}


async def test_our_people_are_in_no_sum(world):
    await world.campaign()
    await world.tell(joined("ann", 1), joined("boss", 2), wrote("boss", 3))
    assert await world.count("stage:joined") == 2

    world.rolling = Rolling(staff={"boss": "Boss"})

    sums = await world.sums(M)
    assert (sums["stage:joined",], sums.get(("messages",), 0)) == (1, 0)


async def test_who_left_one_of_two_groups_has_not_left_in_the_list_of_members_either(world):
    await world.campaign("spring", "g1", "g2")
    await world.tell(joined("ann", 1), joined("ann", 2, group="g2"), left("ann", 3, group="g2"))
    await world.tell(joined("bob", 1), left("bob", 5))

    assert await world.count("stage:left") == 1
    told = {one.member: one.reached for one in await members_of(world.database, "spring", "CNY")}
    assert ("left" in told["ann"], told["bob"]["left"]) == (False, at(5))


async def test_a_leave_of_somebody_whom_nobody_saw_come_is_one_whoever_dates_it(either):
    await either.campaign()
    await either.tell(left("ann", 31))
    await either.tell(left("ann", 30, account="second"))

    sums = await either.sums(M)

    assert (sums["stage:joined",], sums["stage:left",], sums.get(("rejoined",), 0)) == (1, 1, 0)


async def test_who_was_there_before_the_beginning_counts_when_that_becomes_known_later(world):
    await world.campaign(began=at(60))
    await world.tell(joined("bob", 70))
    assert await world.count("present") == 0

    await world.tell(joined("ann", 59))

    assert (await world.count("present"), await world.count("stage:joined")) == (1, 2)


async def test_talks_and_answers_of_our_people(either):
    either.rolling = Rolling(staff={"boss": "Boss", "chief": "Chief"})
    await either.campaign()
    await either.tell(joined("ann", 1), joined("bob", 1), joined("cid", 1))
    await either.tell(wrote("ann", 10, "几点开课？"), wrote("ann", 11, "几点开课？"), wrote("bob", 12, "怎么报名？"))
    await either.tell(wrote("boss", 14, "八点", mentions=["ann"]), wrote("boss", 15, "加油", mentions=["cid"]))
    await either.tell(wrote("chief", 16, "欢迎", mentions=["ann"]), wrote("chief", 17, "谢谢", mentions=["bob"]))
    await either.convert("paid", "ann", minutes=60)
    await either.convert("paid", "bob", minutes=5)

    sums = await either.sums(M)

    assert sums["questions",] == 2
    assert sums["staff_answer:300:Boss",] == 1
    assert (sums["talked:Boss",], sums["talked_paid:Boss",]) == (2, 1)
    assert (sums["talked_to",], sums["talked_to_paid",]) == (2, 1), "ann once; bob had paid before"


async def test_a_word_after_a_step_and_a_tag_reach_a_stage_once(either):
    stages = [
        StageSettings(name="signed_up", keywords=("报名",), after="offer", within_s=3600.0),
        StageSettings(name="paid", tag="已付款"),
    ]
    either.rolling = Rolling(rules=rules_of(stages))
    await either.campaign()
    await either.tell(joined("ann", 1), joined("bob", 1), wrote("bob", 5, "报名"))
    await either.post("offer", 10)
    await either.tell(wrote("ann", 20, "報名 +1"), wrote("ann", 25, "报名"), wrote("bob", 90, "报名"))
    async with either.database.write() as conn:
        await conn.execute(insert(member_notes).values(member="bob", kind="tag", value="已付款", by="", at=at(30)))
    await either.rollups.refresh()
    assert await either.count("stage:signed_up") == 1

    await either.roller.rebuild("spring")

    assert (await either.count("stage:signed_up"), await either.count("stage:paid")) == (1, 1)
    async with either.database.read() as conn:
        assert len((await conn.execute(select(conversions))).all()) == 2


async def test_who_is_forgotten_leaves_the_counts(either):
    await either.campaign()
    await either.tell(joined("ann", 1), joined("bob", 2, inviter="ann"), wrote("ann", 3))
    await either.convert("paid", "ann", minutes=9, key="order-of-ann/")
    before = await either.rows()

    await either.facts.forget("ann")

    assert await either.rows() == before
    assert await either.roller.verify("spring") == []
    async with either.database.read() as conn:
        for table in (trails, conversions):
            assert "ann" not in str((await conn.execute(select(table))).all())


async def test_what_was_counted_stays_when_messages_are_deleted(either):
    await either.campaign()
    await either.tell(joined("ann", 1), wrote("ann", 10), wrote("ann", 60 * 30))
    before = await either.rows()

    assert await either.facts.prune(FactKind.MESSAGE, at(60 * 20)) == 1
    await either.convert("paid", "ann", minutes=60 * 31)

    after = await either.rows()
    assert {row: n for row, n in after.items() if "paid" not in row[1] and row[1] != "orders"} == before
    with pytest.raises(StoreError, match="deleted"):
        await either.roller.rebuild("spring")
    assert await either.rows() == after


async def test_nothing_is_deleted_that_was_not_counted(world):
    await world.campaign()
    await world.rollups.refresh()
    await world.tell(joined("ann", 1), wrote("ann", 10))

    assert await world.facts.prune(FactKind.MESSAGE, at(60)) == 0
    await world.rollups.refresh()
    assert await world.facts.prune(FactKind.MESSAGE, at(60)) == 1


async def test_who_left_and_came_back_counts_once(world):
    await world.campaign("spring", "g1", "g2")
    await world.tell(joined("ann", 1), left("ann", 30), joined("ann", 60, group="g2"), joined("bob", 1), left("bob", 9))

    sums = await world.sums(M)

    assert {name: sums.get((name,), 0) for name in ("stage:joined", "rejoined", "stage:left")} == {
        "stage:joined": 2,
        "rejoined": 1,
        "stage:left": 1,
    }


async def test_a_group_that_is_added_to_a_campaign_counts_from_its_beginning(world):
    await world.campaign("spring", "g1")
    await world.tell(joined("ann", 1), joined("bob", 2, group="g2"))
    assert await world.count("stage:joined") == 1

    await world.add_group("spring", "g2")

    assert await world.count("stage:joined") == 2


@pytest.mark.parametrize("first", [0, 1], ids=["the earlier first", "the later first"])
async def test_two_accounts_that_saw_a_join_on_two_days_agree_on_the_first(either, first):
    midnight = 16 * 60
    await either.campaign()
    told = [joined("ann", midnight - 1), joined("ann", midnight + 1, inviter="bob", account="second", late=True)]
    await either.tell(told[first])
    await either.rollups.refresh()

    await either.tell(told[1 - first])

    sums = await either.sums(Dimension.DAY, M, metrics=["stage:joined", "found_late", "invited"])
    assert sums == {("2026-05-18", "stage:joined"): 1, ("2026-05-18", "invited"): 1}
    assert await either.roller.verify("spring") == []


async def test_a_member_whom_the_first_look_at_a_group_finds_is_present(either):
    await either.campaign()
    await either.rollups.refresh()
    roster = SqlRoster(either.database)
    seen = (Person(id="ann", name="Ann"), Person(id="bob", name="Bob"))
    reading = Reading(account="main", group="g1", topic="", at=at(60), members=seen, baseline=True)

    await roster.apply(reading, await roster.read("g1"))

    sums = await either.sums(M)
    assert (sums["present",], sums["stage:joined",]) == (2, 2)


async def test_a_tag_that_is_given_reaches_its_stage_at_once(world):
    world.rolling = Rolling(rules=rules_of([StageSettings(name="paid", tag="已付款")]))
    await world.campaign()
    await world.tell(joined("ann", 1))
    assert await world.count("stage:paid") == 0

    await SqlMembers(world.database, world.clock, lambda: ("g1",)).tag("ann", add=["已付款"], remove=[], by="")

    assert await world.count("stage:paid") == 1


async def test_who_is_told_late_to_have_left_before_the_start_was_not_there(either):
    await either.tell(joined("ann", -60), joined("bob", -60))
    await either.campaign()
    assert await either.count("present") == 2

    await either.tell(left("ann", -5))

    rows = await either.rows()
    assert await either.count("present") == 1
    assert await either.count("stage:left") == 0
    await either.roller.rebuild("spring")
    assert await either.rows() == rows
