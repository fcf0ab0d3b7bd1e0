from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.tracking.experiments.assignment import assign

UNITS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=4), st.sampled_from(["", "east", "west"]), max_size=40)
VARIANTS = st.sampled_from([("now", "new"), ("now", "short", "long"), ("a", "b", "c", "d", "e")])


def variants_of(assigned):
    return {one.unit: one.variant for one in assigned}


@settings(deadline=None, max_examples=60)
@given(UNITS, UNITS, VARIANTS, st.text(max_size=5))
def test_what_was_given_stays_and_variants_differ_by_one_unit_at_most(first, more, variants, seed):
    before = assign(first, variants, seed=seed)
    after = (*before, *assign({**first, **more}, variants, seed=seed, before=before))
    assert {unit: variants_of(after)[unit] for unit in first} == variants_of(before)
    assert variants_of(after).keys() == first.keys() | more.keys()
    for assigned in (before, after):
        assert len(assigned) == len(variants_of(assigned))
        counts = Counter(one.variant for one in assigned)
        assert max((counts[one] for one in variants), default=0) - min(counts[one] for one in variants) <= 1
        blocks = Counter((one.block, one.variant) for one in assigned)
        assert max(blocks.values(), default=1) == 1


@settings(deadline=None, max_examples=60)
@given(UNITS, VARIANTS)
def test_within_a_stratum_variants_are_balanced_but_for_what_is_left_over(units, variants):
    given_out = variants_of(assign(units, variants, seed="s"))
    for stratum in set(units.values()):
        counts = Counter(given_out[unit] for unit, own in units.items() if own == stratum)
        assert max(counts[one] for one in variants) - min(counts[one] for one in variants) <= 2


@settings(deadline=None, max_examples=60)
@given(UNITS, st.randoms(use_true_random=False))
def test_the_order_in_which_units_are_named_changes_nothing(units, random):
    names = list(units)
    random.shuffle(names)
    shuffled = {name: units[name] for name in names}
    assert assign(units, ("a", "b"), seed="s") == assign(shuffled, ("a", "b"), seed="s")


def test_the_seed_draws_and_the_name_of_a_unit_decides_nothing():
    units = {f"g{n:03}": "" for n in range(200)}
    drawn = [variants_of(assign(units, ("a", "b"), seed=seed)) for seed in ("s", "t")]
    assert drawn[0] != drawn[1]
    early = Counter(variant for unit, variant in drawn[0].items() if unit < "g100")
    assert 35 < early["a"] < 65
    assert variants_of(assign({"g1": "", "g2": ""}, ("a", "b"), seed="pinned")) == {"g1": "a", "g2": "b"}
