"""The tables of a `.bml` file and how older files are brought up to date.

docs/project-format.md explains them for people.
"""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "MIGRATIONS"]

APPLICATION_ID = 0x424D4C31
"""SQLite's mark of the file type: "BML1"."""

_VERSION_1 = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL                 -- JSON
) WITHOUT ROWID;

CREATE TABLE frames (                   -- which frames of the source there are, in chunks
    first INTEGER PRIMARY KEY,          -- source index of the chunk's first frame
    time_base TEXT NOT NULL,            -- unit of its times in seconds, "1/12800"
    entries BLOB NOT NULL               -- zlib of (n, 2) little-endian int64: index, pts
);

CREATE TABLE frame_sizes (              -- only of frames unlike the media's size
    frame INTEGER PRIMARY KEY,
    height INTEGER NOT NULL,
    width INTEGER NOT NULL
);

CREATE TABLE labels (
    id INTEGER PRIMARY KEY,             -- class id, from 0 without gaps
    name TEXT NOT NULL
);

CREATE TABLE tracks (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,                 -- "" if nobody named it
    is_hidden INTEGER NOT NULL
);

CREATE TABLE runs (                     -- whose masks a strand's are, and from when to when
    strand INTEGER NOT NULL,
    first INTEGER NOT NULL,             -- frames, both inclusive
    last INTEGER NOT NULL,
    track INTEGER NOT NULL,
    class INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    is_keyframe INTEGER NOT NULL,
    PRIMARY KEY (strand, first)
) WITHOUT ROWID;
CREATE INDEX runs_by_track ON runs (track, first, last, class, origin, is_keyframe);

CREATE TABLE masks (                    -- never changed once written
    frame INTEGER NOT NULL,
    strand INTEGER NOT NULL,
    pixels INTEGER NOT NULL,            -- id of its row in pixels
    score REAL NOT NULL,
    area INTEGER NOT NULL,              -- px
    x0 REAL NOT NULL, y0 REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL,
    PRIMARY KEY (frame, strand)
) WITHOUT ROWID;
CREATE INDEX masks_by_strand ON masks (strand, frame);

CREATE TABLE pixels (
    id INTEGER PRIMARY KEY,
    left INTEGER NOT NULL,              -- the rectangle of the frame that rle is about, px
    top INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    rle BLOB NOT NULL,                  -- counts of its compressed COCO RLE
    soft BLOB,                          -- the R x R mask that it was pasted from
    attention BLOB                      -- float16 (K, M, M), where latents are kept
);

CREATE TABLE bases (                    -- of the whole frame, where latents are kept
    frame INTEGER PRIMARY KEY,
    channels INTEGER NOT NULL,
    height INTEGER NOT NULL,
    width INTEGER NOT NULL,
    float16 BLOB NOT NULL
);

CREATE TABLE verdicts (                 -- what a person said to suggestions
    suggestion TEXT PRIMARY KEY,
    verdict TEXT NOT NULL               -- 'accepted' or 'rejected'
) WITHOUT ROWID;

CREATE TABLE journal (
    number INTEGER PRIMARY KEY,         -- 1, 2, 3... without gaps
    command TEXT NOT NULL,
    text TEXT NOT NULL,                 -- for people
    made_at TEXT NOT NULL,              -- ISO 8601, UTC
    next_strand INTEGER NOT NULL,       -- before the edit: its masks have strands from here on
    changes BLOB NOT NULL               -- zlib of JSON: [table, row before, row after], ...
);
INSERT INTO meta VALUES ('journal_position', '0');
"""

_VERSION_2 = """
CREATE TABLE stuff (                    -- of frames that a panoptic network has seen
    frame INTEGER PRIMARY KEY,
    classes BLOB NOT NULL               -- zlib of (H, W) uint8, 0 for all objects
);
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1, _VERSION_2)
"""Statements that bring a file from version i (0: empty) to version i + 1."""
