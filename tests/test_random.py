"""Random numbers: reproducible, of their distributions, with the gradients they have, refused where wrong."""

import copy
import math
import pickle

import numpy as np
import pytest
from op_db.run import dtype_name, to_numpy
from scipy import stats

N = 100_003  # odd, and enough for several threads


def full(lib, value, shape=(N,), dtype="float64"):
    return lib.full(shape, value, dtype=getattr(lib, dtype))


# How each is called: (lib, generator) -> tensor of N or so numbers
DRAWS = {
    "rand": lambda lib, g: lib.rand(N, generator=g),
    "rand64": lambda lib, g: lib.rand(N, generator=g, dtype=lib.float64),
    "randn": lambda lib, g: lib.randn((N,), generator=g),
    "randint": lambda lib, g: lib.randint(-3, 10**10, (N,), generator=g),
    "randperm": lambda lib, g: lib.randperm(N, generator=g),
    "normal": lambda lib, g: lib.normal(1.0, 2.0, (N,), generator=g),
    "normal of arrays": lambda lib, g: lib.normal(full(lib, 1), full(lib, 2), generator=g),
    "bernoulli": lambda lib, g: lib.bernoulli(full(lib, 0.3), generator=g),
    "bernoulli p": lambda lib, g: lib.bernoulli(full(lib, 0), 0.3, generator=g),
    "poisson": lambda lib, g: lib.poisson(full(lib, 3.5), g),
    "poisson large": lambda lib, g: lib.poisson(full(lib, 70.5), generator=g),
    "binomial": lambda lib, g: lib.binomial(full(lib, 50), full(lib, 0.7), generator=g),
    "multinomial": lambda lib, g: lib.multinomial(lib.tensor([0.1, 0.0, 0.7, 0.2]), N, True, generator=g),
    "multinomial rest": lambda lib, g: lib.multinomial(
        lib.arange(1.0, 2000).reshape(1, -1), 1500, generator=g
    ),
    "uniform_": lambda lib, g: full(lib, 0).uniform_(-1, 3, generator=g),
    "normal_": lambda lib, g: full(lib, 0).normal_(1, 2, generator=g),
    "log_normal_": lambda lib, g: full(lib, 0).log_normal_(0.5, 0.25, generator=g),
    "exponential_": lambda lib, g: full(lib, 0).exponential_(2.0, generator=g),
    "cauchy_": lambda lib, g: full(lib, 0).cauchy_(1, 2, generator=g),
    "geometric_": lambda lib, g: full(lib, 0).geometric_(0.3, generator=g),
    "bernoulli_": lambda lib, g: full(lib, 0).bernoulli_(0.3, generator=g),
    "bernoulli_ of arrays": lambda lib, g: full(lib, 0).bernoulli_(full(lib, 0.3), generator=g),
    "random_": lambda lib, g: full(lib, 0).random_(generator=g),
    "random_ int": lambda lib, g: full(lib, 0, dtype="int32").random_(2, 9, generator=g),
}
every_draw = pytest.mark.parametrize("name", DRAWS)


def seeded(lib, seed=0):
    return lib.Generator().manual_seed(seed)


# --- reproducible


@every_draw
def test_same_seed_same_numbers(lib, name):
    draw = DRAWS[name]
    g = seeded(lib)
    first, second = to_numpy(draw(lib, g)), to_numpy(draw(lib, g))
    np.testing.assert_array_equal(to_numpy(draw(lib, seeded(lib))), first)
    assert not np.array_equal(first, second)
    assert not np.array_equal(to_numpy(draw(lib, seeded(lib, 1))), first)
    lib.manual_seed(0)
    np.testing.assert_array_equal(to_numpy(draw(lib, None)), first)


@pytest.mark.own("PyTorch draws in one thread")
@every_draw
def test_same_numbers_for_any_number_of_threads(lib, name):
    threads = lib.get_num_threads()
    try:
        draws = []
        for count in (1, 2, 3):
            lib.set_num_threads(count)
            draws.append(to_numpy(DRAWS[name](lib, seeded(lib))))
        np.testing.assert_array_equal(draws[0], draws[1])
        np.testing.assert_array_equal(draws[0], draws[2])
    finally:
        lib.set_num_threads(threads)


def test_bounds_by_name(lib):
    """`from` is a word of Python's, and so comes by ** alone."""
    assert 1 <= lib.zeros(100).uniform_(**{"from": 1, "to": 2}).min().item() < 2
    assert lib.zeros(100).random_(**{"from": 3, "to": 4}).tolist() == [3] * 100
    assert lib.zeros(100).uniform_(to=1e-3).max().item() <= 1e-3
    with pytest.raises(TypeError):
        lib.zeros(2).random_(1, **{"from": 3})


def test_generators_do_not_disturb_each_other(lib):
    lib.manual_seed(5)
    expected = lib.rand(4).tolist()
    lib.manual_seed(5)
    lib.rand(7, generator=seeded(lib))
    assert lib.rand(4).tolist() == expected


def test_generator(lib):
    g = lib.Generator(device="cpu")
    assert g.manual_seed(3) is g
    assert g.initial_seed() == 3
    assert str(g.device) == "cpu"
    lib.rand(5, generator=g)
    state = g.get_state()
    assert dtype_name(state) == "uint8"
    expected = lib.rand(5, generator=g).tolist()
    g.set_state(state)
    assert lib.rand(5, generator=g).tolist() == expected
    assert g.initial_seed() == 3
    assert g.manual_seed(-1).initial_seed() == 2**64 - 1
    assert g.seed() == g.initial_seed()
    assert lib.Generator().initial_seed() == 67280421310721


def test_copies_of_a_generator_go_on_alone(lib):
    g = seeded(lib)
    lib.rand(3, generator=g)
    copies = [copy.deepcopy(g), pickle.loads(pickle.dumps(g)), g.clone_state()]
    expected = lib.rand(5, generator=g).tolist()
    for other in copies:
        assert other is not g
        assert lib.rand(5, generator=other).tolist() == expected


def test_default_generator(lib):
    assert lib.manual_seed(7) is lib.default_generator
    assert lib.random.default_generator is lib.default_generator
    assert lib.initial_seed() == lib.default_generator.initial_seed() == 7
    state = lib.get_rng_state()
    expected = lib.randn(3).tolist()
    lib.set_rng_state(state)
    assert lib.randn(3, generator=lib.default_generator).tolist() == expected
    assert lib.seed() == lib.initial_seed()
    for function in ("manual_seed", "seed", "initial_seed", "get_rng_state", "set_rng_state"):
        assert callable(getattr(lib.random, function))


def test_fork_rng(lib):
    lib.manual_seed(1)
    with lib.random.fork_rng():
        expected = lib.rand(3).tolist()
    assert lib.rand(3).tolist() == expected
    lib.manual_seed(1)
    with lib.random.fork_rng(enabled=False):
        lib.rand(3)
    assert lib.rand(3).tolist() != expected


def test_bad_generators_and_seeds(lib):
    with pytest.raises(TypeError):
        lib.rand(2, generator=1)
    with pytest.raises(TypeError):
        lib.rand(2).normal_(generator="g")
    g = lib.Generator()
    before = g.get_state().tolist()
    with pytest.raises(RuntimeError, match="manual_seed expected a long"):
        g.manual_seed(1.5)
    for seed in (2**64, -(2**63) - 1):
        with pytest.raises((ValueError, RuntimeError), match="Overflow when unpacking long long"):
            g.manual_seed(seed)
    with pytest.raises(TypeError):
        g.set_state([1])
    with pytest.raises(RuntimeError, match="but found the input RNG state"):
        g.set_state(lib.zeros(3, dtype=lib.uint8))
    assert g.get_state().tolist() == before


# --- distributions: fixed seeds, so these either hold or do not


def check_continuous(x, distribution):
    assert stats.kstest(x, distribution.cdf).pvalue > 1e-4
    neighbours = np.corrcoef(distribution.cdf(x[:-1]), distribution.cdf(x[1:]))[0, 1]
    assert abs(neighbours) < 0.02


CONTINUOUS = {
    "rand": ("uniform",),
    "rand64": ("uniform",),
    "randn": ("norm",),
    "normal": ("norm", 1, 2),
    "normal of arrays": ("norm", 1, 2),
    "uniform_": ("uniform", -1, 4),
    "normal_": ("norm", 1, 2),
    "log_normal_": ("lognorm", 0.25, 0, math.exp(0.5)),
    "exponential_": ("expon", 0, 0.5),
    "cauchy_": ("cauchy", 1, 2),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous(lib, name):
    kind, *parameters = CONTINUOUS[name]
    check_continuous(to_numpy(DRAWS[name](lib, seeded(lib))), getattr(stats, kind)(*parameters))


@pytest.mark.parametrize("name", ["uniform_", "normal_", "log_normal_", "exponential_", "cauchy_"])
def test_continuous_of_float32(lib, name):
    kinds = {"uniform_": "uniform", "normal_": "norm", "exponential_": "expon", "cauchy_": "cauchy"}
    x = to_numpy(getattr(full(lib, 0, dtype="float32"), name)(generator=seeded(lib)))
    distribution = stats.lognorm(2, 0, math.e) if name == "log_normal_" else getattr(stats, kinds[name])()
    assert x.dtype == np.float32
    check_continuous(x.astype(float), distribution)
    if name in ("exponential_", "log_normal_"):
        assert x.min() > 0


def check_discrete(x, distribution, least=8):
    """Chi-square, the values that are expected seldom put together."""
    values = np.arange(x.min() - 1, x.max() + 2)
    expected = distribution.pmf(values) * x.size
    kept = expected >= least
    observed = np.array([(x == v).sum() for v in values[kept]])
    rest = x.size - expected[kept].sum()
    observed, expected = np.append(observed, x.size - observed.sum()), np.append(expected[kept], rest)
    if rest < least:
        observed = np.append(observed[:-2], observed[-2:].sum())
        expected = np.append(expected[:-2], expected[-2:].sum())
    assert stats.chisquare(observed, expected).pvalue > 1e-4


DISCRETE = {
    "bernoulli": ("bernoulli", 0.3),
    "bernoulli p": ("bernoulli", 0.3),
    "bernoulli_": ("bernoulli", 0.3),
    "bernoulli_ of arrays": ("bernoulli", 0.3),
    "poisson": ("poisson", 3.5),
    "poisson large": ("poisson", 70.5),
    "binomial": ("binom", 50, 0.7),
    "geometric_": ("geom", 0.3),
    "random_ int": ("randint", 2, 9),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_discrete(lib, name):
    kind, *parameters = DISCRETE[name]
    check_discrete(to_numpy(DRAWS[name](lib, seeded(lib))), getattr(stats, kind)(*parameters))


@pytest.mark.parametrize("rate", [0.0, 1e-3, 0.5, 9.99, 10.0, 12.5, 1000.0])
def test_poisson_rates(lib, rate):
    x = to_numpy(lib.poisson(full(lib, rate), generator=seeded(lib, 1)))
    if rate == 0:
        assert not x.any()
    else:
        check_discrete(x, stats.poisson(rate))


@pytest.mark.parametrize(
    ("count", "p"), [(1, 0.5), (10, 0.1), (40, 0.25), (41, 0.75), (1000, 0.5), (300, 0.04)]
)
def test_binomial_parameters(lib, count, p):
    check_discrete(
        to_numpy(lib.binomial(full(lib, count), full(lib, p), generator=seeded(lib, 2))),
        stats.binom(count, p),
    )


def test_binomial_edges(lib):
    counts, p = lib.tensor([5.0, 5.0, 0.0, 3.0]), lib.tensor([0.0, 1.0, 0.5, 1.0])
    assert lib.binomial(counts, p).tolist() == [0, 5, 0, 3]
    assert tuple(lib.binomial(lib.ones(2, 3), lib.full((2, 3), 0.5)).shape) == (2, 3)


@pytest.mark.parametrize("p", [0.01, 0.9])
@pytest.mark.parametrize("dtype", ["float32", "int32", "int64"])
def test_geometric(lib, p, dtype):
    x = to_numpy(full(lib, 0, dtype=dtype).geometric_(p, generator=seeded(lib)))
    assert dtype_name(full(lib, 0, (2,), dtype).geometric_(p)) == dtype
    check_discrete(x, stats.geom(p))


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_events(lib, p):
    for x in (
        lib.bernoulli(full(lib, p)),
        lib.bernoulli(lib.zeros(N), p),
        lib.zeros(N).bernoulli_(p),
        lib.zeros(N, dtype=lib.bool).bernoulli_(p),
        lib.zeros(N, dtype=lib.int8).bernoulli_(lib.tensor(p)),
    ):
        assert bool((x == p).all())


def test_multinomial_frequencies(lib):
    weights = np.array([[1.0, 0.0, 7.0, 2.0], [3.0, 3.0, 3.0, 1.0]])
    x = to_numpy(lib.multinomial(lib.tensor(weights), 20_000, True, generator=seeded(lib)))
    assert x.shape == (2, 20_000)
    for row, w in zip(x, weights, strict=True):
        observed = np.bincount(row, minlength=4)
        assert not observed[w == 0].any()
        assert stats.chisquare(observed[w > 0], (w / w.sum() * row.size)[w > 0]).pvalue > 1e-4


def test_multinomial_without_replacement(lib):
    """The first draw is by the weights, the second by those of the rest."""
    w = np.array([1.0, 2.0, 5.0])
    x = to_numpy(lib.multinomial(lib.tensor(np.tile(w, (20_000, 1))), 2, generator=seeded(lib)))
    assert (x[:, 0] != x[:, 1]).all()
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    expected = [w[i] / 8 * w[j] / (8 - w[i]) * len(x) for i, j in pairs]
    observed = [((x == pair).all(1)).sum() for pair in pairs]
    assert stats.chisquare(observed, expected).pvalue > 1e-4
    assert sorted(lib.multinomial(lib.tensor([1.0, 0, 3]), 3).tolist()) == [0, 1, 2]
    assert sorted(lib.multinomial(lib.tensor([1.0, 0, 3]), 2).tolist()) == [0, 2]


def test_randperm(lib):
    assert sorted(lib.randperm(1000).tolist()) == list(range(1000))
    assert lib.randperm(0).tolist() == []
    g = seeded(lib)
    seen = [tuple(lib.randperm(4, generator=g).tolist()) for _ in range(12_000)]
    counts = np.unique(np.array(seen), axis=0, return_counts=True)[1]
    assert counts.size == 24
    assert stats.chisquare(counts).pvalue > 1e-4
    for dtype in ("int8", "int32", "float32", "float64"):
        assert sorted(lib.randperm(100, dtype=getattr(lib, dtype)).tolist()) == list(range(100))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64"])
def test_random_whole_numbers(lib, dtype):
    """Without bounds from 0 to the greatest that the dtype has, or counts to."""
    x = to_numpy(full(lib, 0, (20_000,), dtype).random_(generator=seeded(lib)))
    most = {"bool": 1, "float32": 2**24, "float64": 2**53}.get(dtype)
    most = np.iinfo(dtype).max if most is None else most
    assert x.min() >= 0
    assert x.max() > most * 0.99
    assert (x == np.floor(x)).all()
    if dtype not in ("bool", "uint8"):
        y = to_numpy(full(lib, 0, (20_000,), dtype).random_(-3, 3, generator=seeded(lib)))
        assert sorted(np.unique(y).tolist()) == [-3, -2, -1, 0, 1, 2]
        z = to_numpy(full(lib, 0, (20_000,), dtype).random_(-5, None, generator=seeded(lib)))
        assert z.min() >= -5
        assert z.max() > most * 0.99
    assert set(full(lib, 0, (200,), dtype).random_(to=2, generator=seeded(lib)).tolist()) == {0, 1}


def test_strided_memory(lib):
    base = lib.zeros(4, 6)
    base.t()[::2].uniform_(1, 2)
    drawn = to_numpy(base)
    assert (drawn[:, ::2] >= 1).all()
    assert not drawn[:, 1::2].any()
    assert np.unique(drawn[:, ::2]).size == 12
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        lib.zeros(1, 3).expand(2, 3).normal_()


def test_like(lib):
    x = lib.ones(3, 5, dtype=lib.float64)
    for like, draw in ((lib.rand_like, lib.rand), (lib.randn_like, lib.randn)):
        y = like(x, generator=seeded(lib))
        assert tuple(y.shape) == (3, 5)
        assert dtype_name(y) == "float64"
        expected = draw(3, 5, generator=seeded(lib), dtype=lib.float64)
        np.testing.assert_array_equal(to_numpy(y), to_numpy(expected))
    assert dtype_name(lib.rand_like(lib.ones(2, dtype=lib.int64), dtype=lib.float32)) == "float32"


# --- gradients

IN_PLACE = [
    ("uniform_", (), "UniformBackward0"),
    ("normal_", (1, 2), "NormalBackward0"),
    ("log_normal_", (), "LogNormalBackward0"),
    ("exponential_", (), "ExponentialBackward0"),
    ("cauchy_", (), "CauchyBackward0"),
    ("geometric_", (0.5,), "GeometricBackward0"),
    ("bernoulli_", (0.5,), "BernoulliBackward2"),
    ("random_", (), "RandomBackward2"),
    ("random_", (5,), "RandomBackward1"),
    ("random_", (1, 5), "RandomBackward0"),
]


@pytest.mark.parametrize(("name", "args", "node"), IN_PLACE)
def test_gradient_in_place(lib, name, args, node):
    x = lib.ones(3, requires_grad=True)
    y = x * 2
    assert getattr(y, name)(*args) is y
    assert y.grad_fn.name() == node
    (grad,) = lib.autograd.grad([y.sum()], [x])
    assert grad.tolist() == [0, 0, 0]
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        getattr(x, name)(*args)
    assert x.tolist() == [1, 1, 1]
    with lib.no_grad():
        getattr(x, name)(*args)
    assert x._version == 1


def test_gradients_of_counts_are_zero(lib):
    p = lib.full((3,), 0.5, requires_grad=True)
    x = lib.ones(3, requires_grad=True)
    y = (x * 1).bernoulli_(p)
    for output, inputs in ((lib.bernoulli(p), [p]), (lib.poisson(p), [p]), (y, [x, p])):
        for grad in lib.autograd.grad([output.sum()], inputs):
            assert grad.tolist() == [0, 0, 0]
    assert lib.bernoulli(p).grad_fn.name() == "BernoulliBackward0"
    assert lib.poisson(p).grad_fn.name() == "PoissonBackward0"
    assert y.grad_fn.name() == "BernoulliBackward1"
    assert not lib.multinomial(p, 1).requires_grad
    with pytest.raises(RuntimeError, match="is not implemented"):
        lib.binomial(p * 4, p).sum().backward()


@pytest.mark.own("PyTorch's gradients are zero here")
def test_reparameterised_gradients(lib):
    mean = lib.zeros(2, 1, dtype=lib.float64, requires_grad=True)
    std = lib.full((3,), 2.0, dtype=lib.float64, requires_grad=True)
    y = lib.normal(mean, std, generator=seeded(lib))
    noise = to_numpy(lib.randn(2, 3, dtype=lib.float64, generator=seeded(lib)))
    np.testing.assert_allclose(to_numpy(y), 2 * noise)
    to_mean, to_std = lib.autograd.grad([y.sum()], [mean, std])
    np.testing.assert_allclose(to_numpy(to_mean), [[3], [3]])
    np.testing.assert_allclose(to_numpy(to_std), noise.sum(0))
    (to_mean,) = lib.autograd.grad([lib.normal(mean, 1.0).sum()], [mean])
    assert to_mean.tolist() == [[1], [1]]
    z = lib.normal(5.0, std, generator=seeded(lib, 1))
    (to_std,) = lib.autograd.grad([(z * z).sum()], [std])
    noise = to_numpy(lib.randn(3, dtype=lib.float64, generator=seeded(lib, 1)))
    np.testing.assert_allclose(to_numpy(to_std), 2 * (5 + 2 * noise) * noise)


def test_normal_of_arrays(lib):
    mean, std = lib.zeros(2, 1, requires_grad=True), lib.ones(3, requires_grad=True)
    assert lib.normal(mean, std).grad_fn.name() == "NormalBackward3"
    assert lib.normal(mean, 1.0).grad_fn.name() == "NormalBackward1"
    assert lib.normal(0.0, std).grad_fn.name() == "NormalBackward2"
    assert tuple(lib.normal(mean, std).shape) == (2, 3)
    assert dtype_name(lib.normal(mean, lib.ones(3, dtype=lib.float64))) == "float32"
    assert dtype_name(lib.normal(0.0, lib.ones(3, dtype=lib.float64))) == "float64"
    assert lib.normal(lib.tensor([1.0, 2.0]), 0.0).tolist() == [1, 2]
    x = lib.normal(mean=0, std=1, size=(2, 2), dtype=lib.float64, requires_grad=True)
    assert x.is_leaf
    assert x.requires_grad


# --- errors: nothing is drawn or written

ERRORS = [
    ("normal expects std >= 0.0, but found std", lambda lib, x: x.normal_(0, -1)),
    ("normal expects std >= 0.0, but found std", lambda lib, x: lib.normal(0.0, -1.0, (2,))),
    ("normal expects std >= 0.0, but found std", lambda lib, x: lib.normal(x, -1.0)),
    ("normal expects all elements of std >= 0.0", lambda lib, x: lib.normal(x, x - 2)),
    ("normal expects all elements of std >= 0.0", lambda lib, x: lib.normal(0.0, x - 2)),
    ("log_normal_ expects std > 0.0, but found std=", lambda lib, x: x.log_normal_(1, 0)),
    ("exponential_ expects lambda > 0.0, but found lambda=", lambda lib, x: x.exponential_(0)),
    ("cauchy_ expects sigma > 0.0, but found sigma=", lambda lib, x: x.cauchy_(0, -1)),
    ("geometric_ expects p to be in (0, 1), but got p=", lambda lib, x: x.geometric_(1)),
    ("uniform_ expects to return a [from, to) range", lambda lib, x: x.uniform_(3, 2)),
    ("to is out of bounds for", lambda lib, x: x.uniform_(0, math.inf)),
    ("from is out of bounds for", lambda lib, x: x.uniform_(math.nan, 1)),
    ("uniform_ expects to-from <=", lambda lib, x: x.uniform_(-3e38, 3e38)),
    ("bernoulli_ expects p to be in [0, 1], but got p=", lambda lib, x: x.bernoulli_(1.5)),
    ("bernoulli_ expects p to be in [0, 1], but got p=", lambda lib, x: lib.bernoulli(x, -0.5)),
    ("p_in >= 0 && p_in <= 1", lambda lib, x: lib.bernoulli(x * 2)),
    ("p_in >= 0 && p_in <= 1", lambda lib, x: lib.bernoulli(x * math.nan)),
    ("p_in >= 0 && p_in <= 1", lambda lib, x: x.bernoulli_(x * -1)),
    ("The expanded size of the tensor", lambda lib, x: x.bernoulli_(lib.ones(2) / 2)),
    ("random_ expects 'from' to be less than 'to'", lambda lib, x: x.random_(5, 2)),
    ("random_ expects 'from' to be less than 'to'", lambda lib, x: x.random_(0)),
    ("random_ expects 'from' to be less than 'to'", lambda lib, x: lib.randint(3, 3, (2,))),
    ("is out of bounds for", lambda lib, x: lib.zeros(2, dtype=lib.uint8).random_(300)),
    ("is out of bounds for", lambda lib, x: lib.randint(-1, 3, (2,), dtype=lib.uint8)),
    ("is out of bounds for", lambda lib, x: lib.randint(3, (2,), dtype=lib.bool)),
    ("negative dimension", lambda lib, x: lib.randperm(-1)),
    ("without overflow", lambda lib, x: lib.randperm(300, dtype=lib.int8)),
    ("invalid Poisson rate, expected rate to be non-negative", lambda lib, x: lib.poisson(-x)),
    ("n_sample > prob_dist.size(-1) samples without replacement", lambda lib, x: lib.multinomial(x, 9)),
    ("cannot sample n_sample <= 0 samples", lambda lib, x: lib.multinomial(x, 0)),
    ("element < 0", lambda lib, x: lib.multinomial(-x, 1)),
    ("element < 0", lambda lib, x: lib.multinomial(x * math.inf, 1)),
    ("sum of probabilities <= 0", lambda lib, x: lib.multinomial(x * 0, 1)),
    ("prob_dist must be 1 or 2 dim", lambda lib, x: lib.multinomial(x.reshape(1, 1, -1), 1)),
    ("only supports floating-point dtypes", lambda lib, x: lib.multinomial(x.long(), 1)),
]


@pytest.mark.parametrize(("phrase", "call"), ERRORS, ids=[f"{i} {e[0]}" for i, e in enumerate(ERRORS)])
def test_parameters_out_of_range(lib, phrase, call):
    x = lib.ones(3)
    lib.manual_seed(0)
    expected = lib.get_rng_state().tolist()
    with pytest.raises(RuntimeError) as caught:
        call(lib, x)
    message = " ".join(str(caught.value).split())
    for part in phrase.split(" is out of bounds"):
        assert part in message
    assert x.tolist() == [1, 1, 1]
    if lib.__name__ != "torch":
        assert lib.get_rng_state().tolist() == expected


@pytest.mark.parametrize("name", ["uniform_", "normal_", "log_normal_", "exponential_", "cauchy_"])
def test_continuous_numbers_need_a_floating_dtype(lib, name):
    with pytest.raises(RuntimeError):
        getattr(lib.ones(2, dtype=lib.int64), name)()


def test_dtypes_not_taken(lib):
    whole = lib.ones(2, dtype=lib.int64)
    for call in (
        lambda: lib.bernoulli(whole),
        lambda: lib.poisson(whole),
        lambda: lib.normal(whole, 1.0),
        lambda: lib.rand(2, dtype=lib.int32),
        lambda: lib.randn_like(whole),
        lambda: lib.randperm(3, dtype=lib.bool),
        lambda: whole.bool().geometric_(0.5),
        lambda: lib.ones(2).bernoulli_(whole),
    ):
        with pytest.raises(RuntimeError):
            call()
    with pytest.raises((ValueError, RuntimeError)):
        lib.binomial(whole, lib.ones(2))
    with pytest.raises((ValueError, RuntimeError)):
        lib.binomial(lib.ones(2), lib.ones(2, dtype=lib.float64))


def test_arguments_that_do_not_go_together(lib):
    for call in (
        lambda: lib.normal(0.0, 1.0),
        lambda: lib.normal(lib.zeros(2), lib.ones(2), (2,)),
        lambda: lib.randint(3),
        lambda: lib.ones(2).random_(1, 2, 3),
        lambda: lib.ones(2).geometric_(),
        lambda: lib.randperm(2.5),
    ):
        with pytest.raises(TypeError):
            call()
