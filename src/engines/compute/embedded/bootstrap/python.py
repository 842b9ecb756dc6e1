"""The runtime client of a Python function: asks the Runtime API for an invocation, calls the handler, sends the result.

It behaves like the Lambda runtime for Python.
"""

import json
import os
import sys

from upstack_runtime.context import Context
from upstack_runtime.log import configure_logging, log_error
from upstack_runtime.orders import take_orders
from upstack_runtime.user_code import describe, load_handler, serialised


def run(runtime, handler, request_ids, invocation):
    """Runs one invocation and returns the next one."""
    headers, body = invocation
    request_id = headers["lambda-runtime-aws-request-id"]
    request_ids.request_id = request_id
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
    error = None
    try:
        text = serialised(handler(json.loads(body), Context(headers)))
    except Exception as caught:
        error = describe(caught)
        error["requestId"] = request_id
        log_error(request_id, error)
    # What the handler wrote must have left the process before its answer does: lines are attributed by who runs.
    sys.stdout.flush()
    sys.stderr.flush()
    return runtime.fail_and_next(request_id, error) if error else runtime.respond_and_next(request_id, text)


def main():
    runtime = take_orders()
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    request_ids = configure_logging()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as caught:
        error = describe(caught)
        log_error(None, error)
        runtime.fail_init(error)
        sys.exit(1)
    invocation = runtime.next()
    while True:
        invocation = run(runtime, handler, request_ids, invocation)


main()
