from greetings import greeting


def handler(event, context):
    return {"invite": greeting(event.get("name", "world"), event.get("times", 1))}
