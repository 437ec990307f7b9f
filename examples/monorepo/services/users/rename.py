from greetings import greeting


def handler(event, context):
    return {"rename": greeting(event.get("name", "world"), event.get("times", 1))}
