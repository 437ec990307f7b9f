import humanize


def handler(event, context):
    return {"monthly": humanize.intcomma(event.get("total", 0))}
