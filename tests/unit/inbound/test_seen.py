from groupbot.inbound.seen import Seen


def test_a_key_is_new_once():
    seen = Seen(most=3)
    assert [seen.first_time(key) for key in "aba"] == [True, True, False]


def test_only_the_latest_are_remembered():
    seen = Seen(most=2)
    for key in "abc":
        seen.first_time(key)
    assert not seen.first_time("b")
    assert seen.first_time("a")


def test_a_key_that_comes_again_stays():
    seen = Seen(most=2)
    for key in "abac":
        seen.first_time(key)
    assert not seen.first_time("a")
