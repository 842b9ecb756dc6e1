"""Makes calls of the Lambda API with boto3. Reads `{endpoint, region, accessKeyId, secretAccessKey, calls}` from standard
input, and writes how each call ended to standard output.
"""

import base64
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from compute_model import Judge, KnownMapping, is_current


def client_of(task, validates):
    """A client that tries once. What AWS has to refuse must leave a client that does not judge it first."""
    config = Config(retries={"max_attempts": 0}, parameter_validation=validates)
    return boto3.client(
        "lambda",
        endpoint_url=task["endpoint"],
        region_name=task["region"],
        aws_access_key_id=task["accessKeyId"],
        aws_secret_access_key=task["secretAccessKey"],
        config=config,
    )


def read_bytes(member):
    return base64.b64decode(member["base64"]) if member.keys() == {"base64"} else member


def call(client, operation, parameters, known):
    """Its outcome: `granted`, `unknown` to this client, or the error's code, which is an exception's name in boto3."""
    method = getattr(client, xform_name(operation), None)
    if method is None:
        return "unknown"
    try:
        answer = method(**known.put_into(parameters))
        known.learn(answer)
        for stream in (answer.get("Payload"), answer.get("EventStream")):
            for _ in stream or ():
                pass
        return "granted"
    except ParamValidationError:
        # An old model does not have all members; what AWS has to refuse is not validated here.
        return "unknown"
    except ClientError as error:
        code = error.response["Error"]["Code"]
        modelled = getattr(client.exceptions, code, None) if code in error_names(client) else ClientError
        return code if isinstance(error, modelled) else f"{type(error).__name__} for {code}"


def error_names(client):
    return {shape.name for shape in client.meta.service_model.error_shapes}


def main():
    task = json.load(sys.stdin, object_hook=read_bytes)
    clients = {validates: client_of(task, validates) for validates in (True, False)}
    model = clients[True].meta.service_model
    judge = Judge(model)
    for client in clients.values():
        client.meta.events.register("response-received.lambda", judge.hear)
    known = KnownMapping()
    outcomes = []
    for one in task["calls"]:
        judge.clear()
        outcome = call(clients[one["granted"]], one["operation"], one["input"], known)
        told = {"operation": one["operation"], "outcome": outcome, "status": judge.status, "faults": judge.faults}
        outcomes.append(told)
    json.dump({"client": f"boto3 {boto3.__version__}", "current": is_current(model), "outcomes": outcomes}, sys.stdout)


main()
