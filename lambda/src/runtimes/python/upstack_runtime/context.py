"""What a handler gets besides the event: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

import json
import os
import time

from .log import write
from .user_code import RuntimeFailure


class Members:
    """Named members of a JSON object; one that it does not have is None."""

    names = ()

    def __init__(self, members):
        for name in self.names:
            setattr(self, name, members.get(name))


class Client(Members):
    """The application that called."""

    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(Members):
    """What the caller sent as client context."""

    names = ("client", "custom", "env")

    def __init__(self, members):
        super().__init__(members)
        if self.client is not None:
            self.client = Client(self.client)


class CognitoIdentity:
    """Who called, by Amazon Cognito; nobody says so here but a proxy of the Runtime API."""

    def __init__(self, members):
        self.cognito_identity_id = members.get("cognitoIdentityId")
        self.cognito_identity_pool_id = members.get("cognitoIdentityPoolId")


class Context:
    """One invocation, as its headers and the environment tell it."""

    def __init__(self, headers):
        environ = os.environ
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        client_context = told(headers, "lambda-runtime-client-context", "Client Context")
        self.client_context = None if client_context is None else ClientContext(client_context)
        self.identity = CognitoIdentity(told(headers, "lambda-runtime-cognito-identity", "Cognito Identity") or {})
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        """Writes a line to the function's log."""
        write(f"{message}\n")


def told(headers, name, what):
    """The JSON of a header; None without it."""
    text = headers.get(name)
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise RuntimeFailure("Runtime.LambdaContextUnmarshalError", f"Unable to parse {what} JSON: {error}")
