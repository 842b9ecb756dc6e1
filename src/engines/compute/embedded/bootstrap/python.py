"""The runtime client of a Python function: asks the Runtime API for an invocation, calls the handler, sends the result.

It behaves like the Lambda runtime for Python, and ends with its process group as soon as the Runtime API has gone, so
that a killed control room leaves nothing behind.
"""

import http.client
import importlib
import json
import logging
import os
import signal
import sys
import time
import traceback

BASE = "/2018-06-01/runtime"


class RuntimeFailure(Exception):
    """An error of the runtime itself, with the name that the caller sees."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


class ClientContext:
    """What the caller sent as client context: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    def __init__(self, members):
        self.client = members.get("client")
        self.custom = members.get("custom")
        self.env = members.get("env")


class Context:
    """What the handler gets besides the event."""

    def __init__(self, headers):
        environ = os.environ
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        client_context = headers.get("lambda-runtime-client-context")
        self.client_context = None if client_context is None else ClientContext(json.loads(client_context))
        self.identity = None
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)


class RequestIdFilter(logging.Filter):
    """Gives every log record the id of the invocation that runs."""

    request_id = ""

    def filter(self, record):
        record.aws_request_id = self.request_id
        return True


def load_handler(name):
    try:
        module_name, function_name = name.replace("/", ".").rsplit(".", 1)
    except ValueError as error:
        raise RuntimeFailure("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}")
    try:
        module = importlib.import_module(module_name)
    except SyntaxError as error:
        raise RuntimeFailure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}")
    except ImportError as error:
        raise RuntimeFailure("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}")
    if not hasattr(module, function_name):
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise RuntimeFailure("Runtime.HandlerNotFound", message)
    return getattr(module, function_name)


def describe(error):
    """What the caller gets of an error."""
    if isinstance(error, RuntimeFailure):
        return {"errorMessage": str(error), "errorType": error.name, "stackTrace": []}
    # The first frame is this file's call of the handler.
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_list(frames),
    }


def serialised(result):
    try:
        return json.dumps(result)
    except (TypeError, ValueError) as error:
        raise RuntimeFailure("Runtime.MarshalError", f"Unable to marshal response: {error}")


def end_process_group():
    os.killpg(0, signal.SIGKILL)


class RuntimeConnection:
    """One kept-alive connection to the Runtime API."""

    def __init__(self, address):
        self._connection = http.client.HTTPConnection(address)

    def _call(self, method, path, body=None, headers=None):
        try:
            self._connection.request(method, BASE + path, body, headers or {})
            response = self._connection.getresponse()
            return response, response.read()
        except (OSError, http.client.HTTPException):
            end_process_group()

    def next(self):
        response, body = self._call("GET", "/invocation/next")
        return {name.lower(): value for name, value in response.getheaders()}, body

    def respond(self, request_id, text):
        self._call("POST", f"/invocation/{request_id}/response", text.encode())

    def fail(self, request_id, error):
        path = "/init/error" if request_id is None else f"/invocation/{request_id}/error"
        headers = {"Lambda-Runtime-Function-Error-Type": error["errorType"]}
        self._call("POST", path, json.dumps(error).encode(), headers)


def log_error(request_id, error):
    line = f"[ERROR] {error['errorType']}: {error['errorMessage']}"
    trace = "".join(error["stackTrace"])
    text = f"{line}\n{trace}" if trace else f"{line}\n"
    sys.stdout.write(text)
    sys.stdout.flush()


def configure_logging():
    request_ids = RequestIdFilter()
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(request_ids)
    logging.getLogger().addHandler(handler)
    return request_ids


def run(runtime, handler, request_ids):
    headers, body = runtime.next()
    request_id = headers["lambda-runtime-aws-request-id"]
    request_ids.request_id = request_id
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
    try:
        text = serialised(handler(json.loads(body), Context(headers)))
    except Exception as caught:
        error = describe(caught)
        error["requestId"] = request_id
        log_error(request_id, error)
        runtime.fail(request_id, error)
        return
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    runtime.respond(request_id, text)


def main():
    runtime = RuntimeConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    request_ids = configure_logging()
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as caught:
        error = describe(caught)
        log_error(None, error)
        runtime.fail(None, error)
        sys.exit(1)
    while True:
        run(runtime, handler, request_ids)


main()
