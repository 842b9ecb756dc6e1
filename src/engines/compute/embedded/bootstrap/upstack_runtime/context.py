"""What a handler gets besides the event: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

import json
import os
import time


class ClientContext:
    """What the caller sent as client context."""

    def __init__(self, members):
        self.client = members.get("client")
        self.custom = members.get("custom")
        self.env = members.get("env")


class Context:
    """One invocation, as its headers and the environment tell it."""

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
