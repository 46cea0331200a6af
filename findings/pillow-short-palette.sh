#!/bin/sh
# Pillow 13.0.0: a palette picture whose palette is shorter than its largest pixel value is saved
# as PNG with fewer bits, and the values are cut without a word. Masks in the manner of DAVIS with
# three colours and void = 255 come back with void = 3, which is an object's number.
# A palette of 256 colours keeps all values. Exits with 1 if this is no longer so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pillow==13.0.0 numpy
"$work/venv/bin/python" - "$work/mask.png" <<'PYTHON'
import sys

import numpy as np
import PIL
from PIL import Image

print("Pillow", PIL.__version__)
values = np.array([[0, 1, 2, 255]], np.uint8)
seen = {}
for colours in (3, 5, 256):
    picture = Image.fromarray(values)
    picture.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0] + [99] * 3 * (colours - 3))
    assert np.asarray(picture).tolist() == values.tolist()
    picture.save(sys.argv[1])
    with Image.open(sys.argv[1]) as stored:
        seen[colours] = np.asarray(stored)[0].tolist()
    print(f"palette of {colours} colours: {values[0].tolist()} is read back as {seen[colours]}")
expected = {3: [0, 1, 2, 3], 5: [0, 1, 2, 15], 256: [0, 1, 2, 255]}
sys.exit(seen != expected)
PYTHON
