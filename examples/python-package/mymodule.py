"""The function that AWS Lambda calls, as `mymodule.myfunction`."""

import json
import os

import humanize

from myproject.greeting import greeting

# touchdown puts settings.json beside this file. Its keys become globals here: AWS_SQS_URL is one.
with open(os.path.join(os.path.dirname(__file__), "settings.json"), encoding="utf-8") as file:
    globals().update(json.load(file))


def myfunction(event, context):
    return {
        "AWS_SQS_URL": AWS_SQS_URL,
        "greeting": greeting(event.get("name", "world")),
        "received": humanize.naturalsize(len(json.dumps(event))),
    }
