from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.scenes import LABELS, write_scenes

torch.set_num_threads(1)
WriteJson = Callable[..., Path]


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with images/ and instances.json: coloured discs and boxes on noise."""
    return write_scenes(tmp_path_factory.mktemp("scenes"), count=6)


@pytest.fixture
def coco_file(tmp_path: Path) -> WriteJson:
    """coco_file(annotation, ..., image={...}) -> JSON with one 40 x 60 px picture beside it."""

    def write(*annotations: dict[str, Any], image: dict[str, Any] | None = None) -> Path:
        from PIL import Image

        Image.fromarray(np.full((40, 60, 3), 90, dtype=np.uint8)).save(tmp_path / "a.png")
        content = {
            "images": [{"id": 7, "file_name": "a.png", "height": 40, "width": 60, **(image or {})}],
            "categories": [{"id": 10 + i, "name": name} for i, name in enumerate(LABELS)],
            "annotations": [
                {"id": i, "image_id": 7, "category_id": 10, "iscrowd": 0, **annotation}
                for i, annotation in enumerate(annotations, start=1)
            ],
        }
        path = tmp_path / "instances.json"
        path.write_text(json.dumps(content))
        return path

    return write
