"""What is counted, and where: joins, replies, sign-ups, money."""

from decimal import Decimal

from groupbot.tracking import metrics
from groupbot.tracking.metrics import Dimension
from groupbot.tracking.money import units
from tests.contract.rollups.world import at, joined, left, wrote

M, D, G, C, V = Dimension.METRIC, Dimension.DAY, Dimension.GROUP, Dimension.CHANNEL, Dimension.VARIANT


async def test_counts_who_joined_replied_paid_and_left_once_each(either):
    await either.campaign()
    await either.tell(joined("ann", 1), joined("bob", 2), wrote("ann", 5), wrote("ann", 6), left("bob", 30))
    await either.convert("paid", "ann", minutes=60, amount=Decimal("9.9"))

    sums = await either.sums(M)

    assert {name: sums[name,] for name in ("stage:joined", "stage:replied", "stage:left", "stage:paid", "orders")} == {
        "stage:joined": 2,
        "stage:replied": 1,
        "stage:left": 1,
        "stage:paid": 1,
        "orders": 1,
    }
    assert sums["messages",] == 2
    assert sums["active",] == 1
    assert sums["revenue:CNY",] == units(Decimal("9.9"))


async def test_the_course_of_the_seed_to_the_digit(world):
    await world.campaign()
    people = [f"p{number}" for number in range(500)]
    await world.tell(*(joined(person, 1 + number / 10) for number, person in enumerate(people)))
    await world.convert("signed_up", *people, minutes=60, amount=Decimal("9.9"))
    await world.convert("paid", *people[:100], minutes=120, amount=Decimal(2000))

    sums = await world.sums(M)

    assert sums["stage:joined",] == sums["stage:signed_up",] == 500
    assert sums["stage:paid",] == 100
    assert sums["revenue:CNY",] == units(Decimal(200_000) + Decimal(4_950))
    assert Decimal(sums["stage:paid",]) / sums["stage:signed_up",] == Decimal("0.2")
    assert sums[metrics.cohort("paid"),] == 100


async def test_a_reply_answers_the_newest_step_within_its_window(either):
    await either.campaign()
    await either.tell(joined("ann", 1), joined("bob", 2), joined("cid", 90))
    await either.post("hello", 10)
    await either.post("lesson", 60)
    await either.tell(wrote("ann", 20), wrote("bob", 59), wrote("ann", 61), wrote("bob", 60 + 121), wrote("cid", 95))

    sums = await either.sums(M)

    assert (sums["asked:hello",], sums["answered:hello",]) == (2, 2)
    assert (sums["asked:lesson",], sums["answered:lesson",]) == (2, 1)


async def test_a_post_that_becomes_known_late_takes_the_answers_that_came_meanwhile(either):
    await either.campaign()
    await either.tell(joined("ann", 1), joined("bob", 1))
    await either.post("hello", 10)
    await either.tell(wrote("ann", 40), wrote("bob", 15))
    assert await either.count("answered:hello") == 2

    await either.post("lesson", 30, known=60)

    sums = await either.sums(M)
    assert (sums["answered:hello",], sums["answered:lesson",], sums["asked:lesson",]) == (1, 1, 2)


async def test_all_views_add_up_to_the_same(world):
    await world.campaign("spring", "g1", "g2")
    await world.tell(*(joined(f"p{n}", n, group=f"g{n % 2 + 1}") for n in range(40)))
    await world.tell(*(wrote(f"p{n}", n + 30, group=f"g{n % 2 + 1}") for n in range(0, 40, 3)))
    await world.convert("paid", "p1", "p2", "p7", minutes=60 * 20, amount=Decimal(100))

    total = await world.sums(M)

    for by in (D, G, C, V):
        parts: dict[str, int] = {}
        for key, count in (await world.sums(M, by)).items():
            parts[key[0]] = parts.get(key[0], 0) + count
        assert parts == {name: count for (name,), count in total.items()}


async def test_a_campaign_counts_its_own_groups_and_time(world):
    await world.campaign("spring", "g1")
    await world.campaign("summer", "g1", "g2", began=at(100))
    await world.tell(joined("ann", 1), joined("bob", 120), joined("cid", 130, group="g2"), joined("dan", 5, group="g9"))
    await world.tell(joined("eve", 60 * 24 * 40))

    assert await world.count("stage:joined") == 2
    assert await world.count("stage:joined", campaign="summer") == 3, "with ann, who was there when it began"
    assert await world.count("present", campaign="summer") == 1


async def test_published_funnels_to_the_digit(world):
    """Of how many who came in how many bought, and for how much in all, as others published it."""
    published = {
        "makers": (732, 298, "124.5"),
        "buying": (731, 295, "0"),
        "shop": (887, 656, "0"),
        "class": (137, 8, "6000"),
    }
    rates = {}
    for name, (came, bought, price) in published.items():
        await world.campaign(name, name)
        people = [f"{name}-{number}" for number in range(came)]
        await world.tell(*(joined(person, 1 + number / 100, group=name) for number, person in enumerate(people)))
        await world.convert("paid", *people[:bought], minutes=60, amount=Decimal(price), campaign=name)
        sums = await world.sums(M, campaign=name)
        rates[name] = round(Decimal(100) * sums["stage:paid",] / sums["stage:joined",], 2)
        assert sums.get(("revenue:CNY",), 0) == units(Decimal(price) * bought)

    assert rates == {
        name: Decimal(rate)
        for name, rate in (("makers", "40.71"), ("buying", "40.36"), ("shop", "73.96"), ("class", "5.84"))
    }
    assert Decimal("124.5") * 298 == 37_101
    assert Decimal(6_000) * 8 == 48_000
