"""What of exported requirements is for an environment: texts and environments in, names, versions and hashes out, as JSON."""

import json
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def selected(text, environment):
    lines = text.replace("\\\n", " ").splitlines()
    found = set()
    for line in lines:
        line = line.strip()
        if not line or line.startswith(("#", "-")):
            continue
        line, *hashes = line.split(" --hash=sha256:")
        requirement = Requirement(line.strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = requirement.specifier
            name = canonicalize_name(requirement.name)
            found.add((name, pin.version, tuple(sorted(each.strip() for each in hashes))))
    return sorted(found)


asked = json.load(sys.stdin)
print(json.dumps([[selected(text, each) for each in asked["environments"]] for text in asked["texts"]]))
