"""What is compiled gives what Python gives, wherever it can be kept."""

from __future__ import annotations

import threading
from typing import Any

from blendmask_live.compiled import compiled

SOURCE = """
def total(first, last):
    total = 0.0
    for number in range(first, last):
        total += number
    return total
"""


def test_a_function_whose_code_can_be_kept_nowhere_is_compiled_all_the_same() -> None:
    names: dict[str, Any] = {}
    exec(SOURCE, names)
    assert compiled(names["total"])(3, 6) == 12


def test_threads_that_need_a_function_first_at_once_all_get_it() -> None:
    names: dict[str, Any] = {}
    exec(SOURCE, names)
    total, answers = compiled(names["total"]), []
    threads = [threading.Thread(target=lambda: answers.append(total(0, 4))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [6] * 4
