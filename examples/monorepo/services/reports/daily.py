import humanize


def handler(event, context):
    return {"daily": humanize.intcomma(event.get("total", 0))}
