from money import euros


def handler(event, context):
    return {"remind": euros(event.get("cents", 0))}
