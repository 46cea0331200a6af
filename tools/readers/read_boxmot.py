"""BoxMOT's evaluation reads boxes in MOT text; of a file that is none it takes nothing."""

import numpy as np
from boxmot.engine.eval.motmetrics import _read_csv_matrix
from found import Found, report


def mots(folder):
    for row in _read_csv_matrix(folder / "gt" / "gt.txt"):
        yield Found(int(row[0]), np.zeros((96, 128), bool), track_id=int(row[1]))


report("boxmot", {"mots --all-classes": mots})
