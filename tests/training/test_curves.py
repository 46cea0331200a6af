from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blendmask_live.training.curves import draw_curves

HEADER = "step,rate,loss,value\n"


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "10,1.0,mask,0.5\n",
        "".join(f"{s},1.0,{n},{1 / s}\n" for s in range(10, 500, 10) for n in "abcde"),
        "10,1,mask,0\n20,1,mask,0\n",
    ],
    ids=["nothing_yet", "one_point", "five_losses", "only_zeros"],
)
def test_any_log_can_be_drawn(tmp_path: Path, rows: str) -> None:
    log = tmp_path / "progress.csv"
    log.write_text(HEADER + rows)
    picture = draw_curves(log, tmp_path / "curves.png")
    with Image.open(picture) as image:
        pixels = np.asarray(image)
    assert pixels.shape[2] == 3
    if rows.count("\n") > 1:
        assert (pixels == (0, 114, 178)).all(axis=2).any(), "no curve was drawn"
