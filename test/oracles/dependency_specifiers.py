"""What PyPA's packaging says of versions, specifiers, requirements and markers: questions in, answers out, as JSON."""

import json
import sys

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


def version(text):
    try:
        return str(Version(text))
    except InvalidVersion:
        return "refused"


def order(pair):
    a, b = map(Version, pair)
    return (a > b) - (a < b)


def specifier(pair):
    try:
        return Specifier(pair[1]).contains(pair[0], prereleases=True)
    except InvalidSpecifier:
        return "refused"


def evaluated(marker, index):
    environment = questions["environments"][index]
    sets = {key: frozenset(value) for key, value in environment.items() if isinstance(value, list)}
    try:
        return marker.evaluate({**environment, **sets}, context="requirement")
    except (UndefinedComparison, UndefinedEnvironmentName):
        return "refused"


def marker(question):
    try:
        return evaluated(Marker(question[0]), question[1])
    except InvalidMarker:
        return "refused"


def requirement(question):
    try:
        read = Requirement(question[0])
    except InvalidRequirement:
        return "refused"
    return {
        "name": canonicalize_name(read.name),
        "extras": sorted({canonicalize_name(extra) for extra in read.extras}),
        "specifiers": sorted({f"{each.operator}{each.version}" for each in read.specifier}),
        "url": read.url or "",
        "marker": "" if read.marker is None else evaluated(read.marker, question[1]),
    }


questions = json.load(sys.stdin)
print(json.dumps({
    "versions": [version(text) for text in questions["versions"]],
    "orders": [order(pair) for pair in questions["orders"]],
    "specifiers": [specifier(pair) for pair in questions["specifiers"]],
    "markers": [marker(question) for question in questions["markers"]],
    "requirements": [requirement(question) for question in questions["requirements"]],
}))
