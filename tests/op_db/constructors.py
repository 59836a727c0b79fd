"""Calls of what makes arrays from no array, or draws one: each takes `out=`."""

import numpy as np

from .spec import S

TAKING_OUT = {
    "zeros": S(2, 3),
    "ones": S((2, 3)),
    "empty": S(2, 3),
    "full": S((2, 3), 1.5),
    "eye": S(2, 3),
    "arange": S(0.5, 3),
    "linspace": S(0, 1, 3),
    "logspace": S(0, 2, 3, 2.0),
    "rand": S(2, 3),
    "randn": S(2, 3),
    "randint": S(2, 9, (2, 3)),
    "randperm": S(5),
    "normal": S(1.0, 2.0, (2, 3)),
    "bernoulli": S(np.full((2, 3), 0.5)),
    "multinomial": S(np.arange(5.0), 3),
}
