from money import euros


def handler(event, context):
    return {"settle": euros(event.get("cents", 0))}
