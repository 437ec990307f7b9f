import humanize


def handler(event, context):
    return {"hourly": humanize.intcomma(event.get("total", 0))}
