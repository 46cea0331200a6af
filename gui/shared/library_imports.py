"""What the library says of annotations from elsewhere."""

from __future__ import annotations

from typing import Final

from PyQt5.QtCore import QT_TRANSLATE_NOOP

__all__ = ["PATTERNS"]

# pylupdate5 overlooks texts with a comma behind them, as the formatter would put it.
# fmt: off
PATTERNS: Final = (
    # What imports refuse
    QT_TRANSLATE_NOOP("Library", "{name} cannot be imported; choose from {kinds}"),
    QT_TRANSLATE_NOOP("Library", "no mask can be used; {reason}"),
    QT_TRANSLATE_NOOP("Library", "holds no mask for the frames of this project"),
    QT_TRANSLATE_NOOP("Library", "no such file or folder"),
    QT_TRANSLATE_NOOP("Library", "is a project; make an export of it first (export)"),
    QT_TRANSLATE_NOOP("Library", "in none of the known formats"),
    QT_TRANSLATE_NOOP("Library", "cannot be read ({reason})"),
    QT_TRANSLATE_NOOP("Library", "no UTF-8 text (byte {n})"),
    QT_TRANSLATE_NOOP("Library", "not valid JSON: nested too deep"),
    QT_TRANSLATE_NOOP("Library", "not valid JSON, line {n}, column {m}: {word}"),
    QT_TRANSLATE_NOOP("Library", "not valid XML: {word}"),
    QT_TRANSLATE_NOOP("Library", "{word} is missing"),
    QT_TRANSLATE_NOOP("Library", "expected {kinds} in this folder, found neither"),
    QT_TRANSLATE_NOOP("Library",
        "is Label Studio's own JSON, which is not read; export the project there as 'COCO' "
        "(masks and polygons) and import the result.json of that"),
    QT_TRANSLATE_NOOP("Library",
        "made for {word} px, the video has {other} px; give the video that was annotated"),
    QT_TRANSLATE_NOOP("Library",
        "expected a picture of object numbers (palette, grey, 1 or 16 bits, DAVIS colours), "
        "found mode {word}"),
    QT_TRANSLATE_NOOP("Library",
        "expected a picture of object numbers (palette, grey, 1 or 16 bits, DAVIS colours), "
        "found the colour {word}, which is none of the DAVIS palette"),
    QT_TRANSLATE_NOOP("Library", "expected {kinds}, found mode {word}"),
    QT_TRANSLATE_NOOP("Library", "expected {kinds}, found no picture"),
    QT_TRANSLATE_NOOP("Library", "the picture is damaged ({reason})"),
    QT_TRANSLATE_NOOP("Library", "expected pictures like 00000.png, found none"),
    QT_TRANSLATE_NOOP("Library", "expected pictures in {name}, found none"),
    QT_TRANSLATE_NOOP("Library", "expected JSON files with 'shapes', found none"),
    QT_TRANSLATE_NOOP("Library", "expected the element <annotations>, found <{word}>"),
    QT_TRANSLATE_NOOP("Library", "'CVAT for images'; export the task as 'CVAT for video 1.1'"),
    QT_TRANSLATE_NOOP("Library", "holds {n} tasks; export the task of this video"),
    QT_TRANSLATE_NOOP("Library",
        "a list of results names no classes; give the file with 'videos' and 'categories'"),
    QT_TRANSLATE_NOOP("Library", "not a table of index and source_index ({reason})"),
    QT_TRANSLATE_NOOP("Library", "frame {n} is not in frames.csv"),
    QT_TRANSLATE_NOOP("Library",
        "frame {word} (from 0), but the video has {count}; give the video that was annotated"),
    QT_TRANSLATE_NOOP("Library",
        "several pictures are of frame {n} ({name} is one); give a file of one video, each "
        "frame once"),
    QT_TRANSLATE_NOOP("Library",
        "several images are of one frame; give a file with each frame once"),
    QT_TRANSLATE_NOOP("Library", "its video {name} has another size or more frames than this one"),
    QT_TRANSLATE_NOOP("Library", "holds {n} videos, {m} of which fit; give a file of one video"),
    QT_TRANSLATE_NOOP("Library", "{count}, the video has {there}"),
    QT_TRANSLATE_NOOP("Library", "{count}, the video has only {n}"),
    # Which frame is meant
    QT_TRANSLATE_NOOP("Library",
        "the frames have numbers from {n} up, the folder's pictures from {m} up"),
    QT_TRANSLATE_NOOP("Library",
        "the frames have numbers {n} to {m}, the video has {count}; give the video that was "
        "annotated"),
    QT_TRANSLATE_NOOP("Library",
        "the frames have numbers {n} to {m}, the video has {count}, which fits counting from "
        "0 and from 1"),
    QT_TRANSLATE_NOOP("Library",
        "the frames have numbers {n} to {m}, the video has {count}, which begins elsewhere"),
    QT_TRANSLATE_NOOP("Library",
        "names pictures that are not in the folder, but all fit with numbers counted "
        "otherwise ({n} to {m})"),
    QT_TRANSLATE_NOOP("Library",
        "shapes have the frames {n} to {m}, the task has {word} to {other}"),
    QT_TRANSLATE_NOOP("Library",
        "the names of {count} tell no frame, the video has {there}; open the folder of these "
        "pictures, or put the number of the frame into each name"),
    QT_TRANSLATE_NOOP("Library",
        "the names of the pictures have no order; open the folder of these pictures, or put "
        "the number of the frame into each name"),
    QT_TRANSLATE_NOOP("Library", "assumed: {reason}"),
    QT_TRANSLATE_NOOP("Library", "frames are found by the numbers in the pictures' names"),
    QT_TRANSLATE_NOOP("Library", "frames are found by the pictures' names"),
    QT_TRANSLATE_NOOP("Library", "frames are the pictures in the order of their names"),
    QT_TRANSLATE_NOOP("Library", "the first frame has number {word} in the annotations"),
    QT_TRANSLATE_NOOP("Library",
        "frames are the pictures of the folder with numbers by value (2 before 10); CVAT "
        "sorts by text unless told"),
    QT_TRANSLATE_NOOP("Library", "the task's frames up to {n} are more than the video has, {m}"),
    QT_TRANSLATE_NOOP("Library",
        "frames are counted within the task, which begins at frame {n} of the video"),
    QT_TRANSLATE_NOOP("Library",
        "frames are counted within the task, which begins at frame {n} of the video and has "
        "every {m}. one"),
    QT_TRANSLATE_NOOP("Library", "pixels of 255 (or 254) alone are one object, not void"),
    QT_TRANSLATE_NOOP("Library",
        "pictures with many greys between 0 and 255 are masks of one object, from 128 up"),
    QT_TRANSLATE_NOOP("Library", "pictures whose size the file does not tell have the video's"),
    # What is left out or changed
    QT_TRANSLATE_NOOP("Library", "left out, {reason}: {n} ({name})"),
    QT_TRANSLATE_NOOP("Library", "joined, masks of one track in one frame: {n} ({name})"),
    QT_TRANSLATE_NOOP("Library", "parts left out, an outline that cannot be drawn: {n} ({name})"),
    QT_TRANSLATE_NOOP("Library", "and {n} more kinds of remarks"),
    QT_TRANSLATE_NOOP("Library", "the project does not cover its frame"),
    QT_TRANSLATE_NOOP("Library", "its picture is not in the folder"),
    QT_TRANSLATE_NOOP("Library", "its image is not listed"),
    QT_TRANSLATE_NOOP("Library", "it has no outline or mask, perhaps only a box"),
    QT_TRANSLATE_NOOP("Library", "<{word}> has no area"),
    QT_TRANSLATE_NOOP("Library", "expected an object, found {word}"),
    QT_TRANSLATE_NOOP("Library", "expected an id, found {word}"),
    QT_TRANSLATE_NOOP("Library", "category {word} is not among the file's categories"),
    QT_TRANSLATE_NOOP("Library", "runs sum to {n}, the box has {word} px"),
    QT_TRANSLATE_NOOP("Library", "shape_type {word} has no pixels"),
    QT_TRANSLATE_NOOP("Library", "a {word} needs two points, this one has {n}"),
    QT_TRANSLATE_NOOP("Library", "'mask' is no picture in base64"),
    QT_TRANSLATE_NOOP("Library", "'mask' is no picture of one channel"),
    QT_TRANSLATE_NOOP("Library", "class {word} has no name; put it in classes.csv or labels.txt"),
    QT_TRANSLATE_NOOP("Library", "an ellipse needs a centre and positive radii"),
    QT_TRANSLATE_NOOP("Library", "a line needs two points or more"),
    QT_TRANSLATE_NOOP("Library", "expected points of two coordinates"),
    QT_TRANSLATE_NOOP("Library", "coordinates are not finite or far outside the picture"),
    QT_TRANSLATE_NOOP("Library", "expected 6 fields, found {n}"),
    QT_TRANSLATE_NOOP("Library", "segmentations: expected a list, found {word}"),
    QT_TRANSLATE_NOOP("Library", "a polygon must be numbers x, y, x, y, ... in px"),
    QT_TRANSLATE_NOOP("Library", "a polygon must be pairs x, y in px"),
    QT_TRANSLATE_NOOP("Library", "a polygon must be x, y, x, y, ... in one list"),
    QT_TRANSLATE_NOOP("Library", "a polygon needs three points or more, this one has {n}"),
    QT_TRANSLATE_NOOP("Library", "a coordinate is not a finite number"),
    QT_TRANSLATE_NOOP("Library", "coordinate {word} is far outside of {other} px"),
    QT_TRANSLATE_NOOP("Library",
        "its outline is {word} px long, no mask of that picture needs that"),
    QT_TRANSLATE_NOOP("Library", "expected polygons or run lengths, found {word}"),
    QT_TRANSLATE_NOOP("Library", "the run lengths have no {word}"),
    QT_TRANSLATE_NOOP("Library", "made for [height, width] {word}, the picture has {other}"),
)
# fmt: on
