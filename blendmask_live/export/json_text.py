"""Compact JSON text, written piece by piece."""

import json
from collections.abc import Sequence
from typing import Any

from blendmask_live.labels import category_ids

__all__ = ["category_objects", "has_segments", "to_json"]


def to_json(value: object) -> str:
    """One line of ASCII without blanks: many readers open files in the system's own encoding."""
    return json.dumps(value, separators=(",", ":"))


def category_objects(labels: Sequence[str]) -> list[dict[str, Any]]:
    """The `categories` list of COCO-like files."""
    return [
        {"id": category_id, "name": name, "supercategory": "object"}
        for category_id, name in zip(category_ids(labels), labels, strict=True)
    ]


def has_segments(content: Any) -> bool:
    """Whether COCO-like content is of the panoptic kind."""
    annotations = content.get("annotations") if isinstance(content, dict) else None
    return isinstance(annotations, list) and any("segments_info" in a for a in annotations[:1])
