"""Compact JSON text, written piece by piece."""

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

__all__ = ["category_objects", "first_annotation", "to_json"]


# To make one takes as long as to encode a mask.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))


def to_json(value: object) -> str:
    """One line of ASCII without blanks: many readers open files in the system's own encoding."""
    return _ENCODER.encode(value)


def category_objects(
    labels: Sequence[str],
    category_ids: Sequence[int],
    class_ids: Collection[int] | None = None,
) -> list[dict[str, Any]]:
    """The `categories` list of COCO-like files: of all classes, or of these."""
    return [
        {"id": category_id, "name": labels[class_id], "supercategory": "object"}
        for class_id, category_id in enumerate(category_ids)
        if class_ids is None or class_id in class_ids
    ]


def first_annotation(content: Any) -> dict[str, Any]:
    """The first of COCO-like content, by which its kinds are told apart; empty without one."""
    annotations = content.get("annotations") if isinstance(content, dict) else None
    first = annotations[0] if isinstance(annotations, list) and annotations else None
    return first if isinstance(first, dict) else {}
