"""Print the tags that PyPA's packaging ranks for every Lambda target, as JSON."""

import json
import sysconfig

from packaging import _manylinux, tags


def ranked(minor, machine, glibc):
    # a machine like the target's; everything else is packaging's own
    sysconfig.get_platform = lambda: f"linux-{machine}"
    _manylinux._get_glibc_version = lambda: _manylinux._GLibCVersion(*glibc)
    _manylinux._have_compatible_abi = lambda executable, archs: True
    tags._musllinux.platform_tags = lambda archs: iter(())
    version, interpreter = (3, minor), f"cp3{minor}"
    platforms = list(tags.platform_tags())
    yield from tags.cpython_tags(version, abis=[interpreter], platforms=platforms)
    yield from tags.compatible_tags(version, interpreter=interpreter, platforms=platforms)


print(json.dumps({
    f"python3.{minor} {architecture}": [
        str(tag) for tag in ranked(minor, machine, (2, 26) if minor <= 11 else (2, 34))
    ]
    for minor in range(9, 15)
    for architecture, machine in (("x86_64", "x86_64"), ("arm64", "aarch64"))
}))
