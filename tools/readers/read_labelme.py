import json

import labelme
from found import Found, report


def read(folder):
    for file in sorted(folder.glob("*.json")):
        content = labelme.LabelFile(str(file))
        size = [json.loads(file.read_text())[key] for key in ("imageHeight", "imageWidth")]
        objects = sorted({(shape["label"], shape["group_id"]) for shape in content.shapes})
        for label, group_id in objects:
            shapes = [s for s in content.shapes if (s["label"], s["group_id"]) == (label, group_id)]
            # Its own painting, which lets later objects hide earlier ones, for one object alone.
            _, instances = labelme.utils.shapes_to_label(size, shapes, {label: 1})
            yield Found(int(file.stem), instances > 0, label, group_id)


report("labelme", dict.fromkeys(("labelme", "labelme --shape polygon"), read))
