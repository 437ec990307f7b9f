import humanize


def handler(event, context):
    return {"yearly": humanize.intcomma(event.get("total", 0))}
