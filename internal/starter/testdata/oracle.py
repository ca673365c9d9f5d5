"""The values that sympy derives: reads {case: [expression, ...]} as JSON, prints {case: [{"text", "latex"}, ...]}."""

import json
import sys

import sympy
from sympy.calculus.util import maximum, minimum

names = {name: getattr(sympy, name) for name in sympy.__all__}
names |= {"maximum": maximum, "minimum": minimum, "prod": sympy.prod, "f": sympy.Function("f")}
names |= {name: sympy.Symbol(name) for name in "hknrtxyz"}
names |= {name: __builtins__.__dict__[name] for name in ("min", "max", "sum", "range", "next", "sorted")}


def derive(expression: str) -> dict[str, str]:
    value = sympy.sympify(eval(expression, {**names}))
    return {"text": str(value), "latex": sympy.latex(value)}


print(json.dumps({case: [derive(e) for e in expressions] for case, expressions in json.load(sys.stdin).items()}))
