from money import euros


def handler(event, context):
    return {"refund": euros(event.get("cents", 0))}
