from money import euros


def handler(event, context):
    return {"charge": euros(event.get("cents", 0))}
