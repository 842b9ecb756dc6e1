"""Asks the Runtime API for an invocation, calls the handler, sends the result, and so on."""

import json
import os
import sys

from .context import Context
from .log import configure_logging, log_error
from .orders import take_orders
from .result import marshalled
from .runtime_api import end_process_group
from .user_code import RuntimeFailure, describe, load_handler


def main():
    """Runs the function for ever; ends the process where its code cannot be loaded."""
    api = take_orders()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    request_ids = configure_logging()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as caught:
        error = describe(caught)
        log_error(error)
        api.fail_init(error)
        sys.exit(1)
    invocation = api.next()
    while True:
        invocation = run(api, handler, request_ids, invocation)


def run(api, handler, request_ids, invocation):
    """Runs one invocation and returns the next one."""
    status, headers, body = invocation
    # Whoever stands there has no invocation for us.
    if status != 200:
        end_process_group()
    request_id = headers["lambda-runtime-aws-request-id"]
    request_ids.request_id = request_id
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
    error = None
    try:
        context = Context(headers)
        content_type, result = marshalled(handler(event_of(body), context))
    except Exception as caught:
        error = describe(caught, request_id)
        log_error(error)
    flush()
    if error:
        return api.fail_and_next(request_id, error)
    return api.respond_and_next(request_id, content_type, result)


def event_of(body):
    try:
        return json.loads(body)
    except ValueError as error:
        raise RuntimeFailure("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}")


def flush():
    """
    What the handler wrote must have left the process before its answer does: lines are attributed by who runs. Python's
    own streams keep nothing back, but the function may have put others in their places, or nothing.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
