from greetings import greeting


def handler(event, context):
    return {"forget": greeting(event.get("name", "world"), event.get("times", 1))}
