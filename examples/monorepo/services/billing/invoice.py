from money import euros


def handler(event, context):
    return {"invoice": euros(event.get("cents", 0))}
