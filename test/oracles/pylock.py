"""What PyPA's packaging selects from a pylock.toml: a list of choices in, of lists of names and versions out, as JSON."""

import json
import sys
import tomllib

from packaging.pylock import Pylock

asked = json.load(sys.stdin)
lock = Pylock.from_dict(tomllib.loads(asked["lock"]))
print(json.dumps([
    sorted(
        [package.name, str(package.version or "")]
        for package, _ in lock.select(
            environment=choice["environment"],
            extras=choice["extras"],
            dependency_groups=[*lock.default_groups, *choice["groups"]],
        )
    )
    for choice in asked["choices"]
]))
