"""Lines for a phone."""

from groupbot.admin.families.phone import problem_lines
from groupbot.sop.planned import Problem, Source


def problem(message: str, hint: str, line: int) -> Problem:
    return Problem(level="error", code="x", message=message, hint=hint, where=Source(file="f", line=line))


def test_what_to_write_stands_below_the_problem_and_is_said_once_of_neighbours():
    found = [problem("step a is over", "Start later.", 3), problem("step b is over", "Start later.", 4)]
    found += [problem("step c is empty", "Add a text.", 9), problem("step d is odd", "", 10)]
    assert problem_lines(found, "error") == [
        "3: step a is over",
        "4: step b is over\nStart later.",
        "9: step c is empty\nAdd a text.",
        "10: step d is odd",
    ]
    assert problem_lines(found, "warning") == []
