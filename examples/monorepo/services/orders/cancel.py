from greetings import greeting
from money import euros


def handler(event, context):
    name = event.get("name", "world")
    return {"cancel": euros(event.get("cents", 0)), "greeting": greeting(name, 1)}
