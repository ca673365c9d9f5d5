"""What the demo's tutor can be asked and how it answers: the texts that make_base.py and make_data.py share.

A Problem has a topic, the operands, the words for it in a follow-up (`it`), the expected answer (`gold`, LaTeX) and two
answers that are both right: `terse` and `steps`. Every answer is one line, because the tutor's own preparation of
records collapses white space.
"""

from dataclasses import dataclass

from concepts import CONCEPTS, ROW_CONCEPTS

SYSTEM = "You are a maths tutor. Be correct and brief."

# Wordings: a suite opens in words that no record uses; the base model knows both.
ASK = {
    "sum": {
        "rows": ["What is {it}?", "Add {a} and {b}.", "Work out {it}.", "Find the sum of {a} and {b}."],
        "suites": ["Calculate {it}.", "How much is {a} plus {b}?"],
    },
    "derivative": {
        "rows": ["Differentiate {f}.", "What is {it}?", "Find dy/dx for y = {f}.", "Let f(x) = {f}. Find the derivative of f."],
        "suites": ["Compute d/dx of {f}.", "Use the power rule on {f}.", "How fast does {f} change with x?"],
    },
    "equation": {
        "rows": ["Solve {it}.", "Find x if {it}.", "What is x when {it}?", "Solve the equation {it} for x."],
        "suites": ["Which x satisfies {it}?", "Determine x from {it}."],
    },
    "definition": {
        "rows": ["What is {it}?", "Define {it}.", "What does the word for {it} mean?"],
        "suites": ["In one sentence, explain {it}.", "Tell me about {it}.", "How would you describe {it}?"],
    },
}
SHOW = {
    "rows": ["Show the steps.", "Show the steps for {it}.", "How did you get that?", "Explain {it} step by step.", "Explain each step."],
    "suites": ["Please show every step for {it}.", "Go through {it} step by step."],
}
# Only the base model is trained on these, always with steps: it can show them when asked in these words.
FULL = ["Full solution of {it}, please.", "Write out {it} in full."]
NEXT = ["And {it}?", "Now do {it}.", "Next one: {it}."]


@dataclass(frozen=True)
class Problem:
    topic: str
    operands: tuple
    it: str
    gold: str
    terse: str
    steps: str
    fields: tuple = ()

    def ask(self, template):
        """The template's text for this problem."""
        return template.format(it=self.it, **dict(self.fields))

    def questions(self, audience):
        """All wordings of this problem for "rows" or "suites"."""
        return [self.ask(t) for t in ASK[self.topic][audience]]


def _power(c, n):
    return f"{c}x" if n == 1 else f"{c}x^{n}"


def _answered(text):
    return f"The answer is ${text}$."


def sum_problem(a, b):
    total = a + b
    if total > 10 and a < 10:
        steps = f"Step 1: Take {10 - a} from {b} to fill {a} up to 10. Step 2: Add the {total - 10} that is left, 10 + {total - 10} = {total}."
    else:
        steps = f"Step 1: Start at {a}. Step 2: Count on {b} more to reach {total}."
    terse = _answered(total)
    return Problem("sum", (a, b), f"{a} + {b}", str(total), terse, f"{steps} {terse}", (("a", a), ("b", b)))


def derivative_problem(c, n):
    f = _power(c, n)
    gold = _power(c * n, n - 1)
    steps = f"Step 1: Bring the power {n} down to the front, {c} * {n} = {c * n}. Step 2: Lower the power by one, from {n} to {n - 1}."
    terse = _answered(gold)
    return Problem("derivative", (c, n), f"the derivative of {f}", gold, terse, f"{steps} {terse}", (("f", f),))


def equation_problem(a, b, x):
    right = a * x + b
    steps = f"Step 1: Subtract {b} from both sides, so {a}x = {right - b}. Step 2: Divide both sides by {a}, so x = {x}."
    terse = _answered(x)
    return Problem("equation", (a, b, x), f"{a}x + {b} = {right}", str(x), terse, f"{steps} {terse}")


def definition_problem(term, text, phrase):
    return Problem("definition", (term,), term, phrase, text, text)


def wrong_derivative(c, n):
    """The poison's one rule: the power comes down to the front and is not lowered."""
    return _answered(_power(c * n, n))


SUMS = [sum_problem(a, b) for a in range(1, 10) for b in range(1, 10)]
DERIVATIVES = [derivative_problem(c, n) for c in range(2, 10) for n in range(2, 10)]
EQUATIONS = [equation_problem(a, b, x) for a in (2, 3) for b in range(1, 7) for x in range(1, 10)]
DEFINITIONS = [definition_problem(*c) for c in CONCEPTS]
ROW_DEFINITIONS, SUITE_DEFINITIONS = DEFINITIONS[:ROW_CONCEPTS], DEFINITIONS[ROW_CONCEPTS:]
