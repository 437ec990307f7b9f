/**
 * The Python program that compiles. It reads one JSON from stdin: `root`, and `groups` of files, each with a file
 * `out` for its bytecode, one after the other, and where its sources are. It prints the size of each as JSON, -1 for
 * those that do not compile.
 *
 * Python's `marshal` writes a code object differently with what else the process has done: it marks what is referred
 * to more than once, and refers to what is the same object. So the object is rebuilt first: equal constants become one
 * object, all text is interned, and everything is held, so that all is referred to more than once. Before Python 3.11 a
 * frozen set was written in the order of its hashes, and the hash of None was its address: a file with such a set is
 * left out, and with any set where this build of Python hashes in another way than others do.
 *
 * @source PEP 552: the magic number, the flags (1: by hash, 2: check it), the hash of the source, the code
 */
export const bytecodeScript = String.raw`
import sys
# -c looks for modules in the current folder first
sys.path.pop(0)
import base64, importlib.util, json, marshal, struct, zlib

Code = type(compile("", "", "exec"))
names = ("code", "filename", "name", "qualname", "names", "varnames", "freevars", "cellvars")
names += ("linetable", "exceptiontable", "consts")
parts = ["co_" + name for name in names if hasattr(Code, "co_" + name)]
if sys.version_info < (3, 10):
    parts.append("co_lnotab")
sets_are_sorted = sys.version_info >= (3, 11)
hashes_are_usual = (sys.hash_info.algorithm, sys.hash_info.width) == ("siphash24", 64)


class Unstable(Exception):
    pass


def canonical(code, held):
    known = {}

    def keep(key, value):
        kept = known.setdefault(key, value)
        held.append(kept)
        return key, kept

    def convert(value):
        kind = type(value)
        if kind is Code:
            made = value.replace(**{part: convert(getattr(value, part))[1] for part in parts})
            held.append(made)
            return (kind, id(made)), made
        if kind is tuple:
            pairs = [convert(each) for each in value]
            return keep((kind, tuple(key for key, _ in pairs)), tuple(each for _, each in pairs))
        if kind is frozenset:
            pairs = sorted((convert(each) for each in value), key=lambda pair: repr(pair[0]))
            stable = hashes_are_usual and all(type(each) in (str, bytes, int) for _, each in pairs)
            if not (stable or sets_are_sorted):
                raise Unstable
            return keep((kind, tuple(key for key, _ in pairs)), frozenset(each for _, each in pairs))
        if kind is str:
            value = sys.intern(value)
        if kind is float:
            return keep((kind, struct.pack("<d", value)), value)
        if kind is complex:
            return keep((kind, struct.pack("<dd", value.real, value.imag)), value)
        return keep((kind, value), value)

    return convert(code)[1]


def compiled(source, path):
    try:
        held = []
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
        body = marshal.dumps(canonical(code, held))
    except (SyntaxError, ValueError, RecursionError, OverflowError, Unstable):
        return None
    flags = (1).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source) + body


def read(wheel, place):
    if isinstance(place, str):
        return base64.b64decode(place)
    offset, length, method, checksum = place
    wheel.seek(offset)
    data = wheel.read(length)
    try:
        source = zlib.decompress(data, -15) if method == 8 else data
    except zlib.error:
        return None
    return source if zlib.crc32(source) == checksum else None


def group(root, out, wheel, files):
    sizes = []
    with open(out, "wb") as target, open(wheel or out, "rb") as source_file:
        for path, place in files:
            source = read(source_file, place)
            if source is None:
                return {"damaged": path}
            code = compiled(source, root + "/" + path)
            sizes.append(-1 if code is None else target.write(code))
    return {"sizes": sizes}


work = json.loads(sys.stdin.buffer.read())
results = [group(work["root"], **each) for each in work["groups"]]
print(json.dumps(results, separators=(",", ":")))
`;
