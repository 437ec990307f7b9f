from greetings import greeting
from money import euros


def handler(event, context):
    name = event.get("name", "world")
    return {"ship": euros(event.get("cents", 0)), "greeting": greeting(name, 1)}
