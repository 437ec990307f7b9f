import humanize


def handler(event, context):
    return {"weekly": humanize.intcomma(event.get("total", 0))}
