"""How the programs in this folder send answers to their caller.

Each answer is one JSON object on a line of its own, with one key that says what
it is: progress, result or error. The lines go to descriptor 3, because standard
output and error are full of what libraries print.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

DESCRIPTOR = 3


class Problem(Exception):
    """A failure with a name that a person can look up and a hint on what to do about it.

    row is the source of the row that it is about, if it is about one.
    """

    def __init__(self, name: str, message: str, hint: str, row: str = "") -> None:
        super().__init__(f"{name}: {row and row + ': '}{message}")
        self.name, self.message, self.hint, self.row = name, message, hint, row


class Answers:
    """Writes answers to an open text stream, or nowhere when the stream is None."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def send(self, kind: str, value: object) -> None:
        """Sends {kind: value}; value is anything that JSON can hold."""
        if self._stream is not None:
            self._stream.write(json.dumps({kind: value}, ensure_ascii=False) + "\n")
            self._stream.flush()

    def fail(self, problem: Problem) -> None:
        """Sends the error that ends a program."""
        error = {"name": problem.name, "message": problem.message, "hint": problem.hint}
        if problem.row:
            error["row"] = problem.row
        self.send("error", error)


def open_answers(path: str | None) -> Answers:
    """Answers into the file path; without one to descriptor 3, or to standard output when that is closed.

    Call it before anything else opens a file, which could then be descriptor 3.
    """
    if path is not None:
        return Answers(open(path, "a", encoding="utf-8"))
    try:
        return Answers(os.fdopen(DESCRIPTOR, "w", encoding="utf-8"))
    except OSError:
        return Answers(sys.stdout)


def answer_request(argv: list[str], about: str, do: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """The whole life of a program that answers one request with one result; returns its exit code.

    about is the program's docstring, and do gives the result of a request.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--request", required=True)
    parser.add_argument("--answers")
    args = parser.parse_args(argv)
    answers = open_answers(args.answers)
    try:
        with open(args.request, encoding="utf-8") as file:
            answers.send("result", do(json.load(file)))
    except Problem as problem:
        answers.fail(problem)
        return 1
    return 0
