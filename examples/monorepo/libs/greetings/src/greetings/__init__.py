import humanize


def greeting(name, times):
    return f"Hello, {name}, for the {humanize.ordinal(times)} time"
