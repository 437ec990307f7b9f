"""What PyPA's packaging reads in file names: a JSON list of names in, a list of what they say out."""

import json
import sys

from packaging.utils import InvalidWheelFilename, parse_wheel_filename


def said(file_name):
    try:
        name, _, build, tags = parse_wheel_filename(file_name)
    except InvalidWheelFilename:
        return "refused"
    return {"name": name, "build": list(build), "tags": sorted(map(str, tags))}


print(json.dumps([said(file_name) for file_name in json.load(sys.stdin)]))
