"""Judges answers of the Lambda API against the service model that botocore carries, as compute-contract.ts does with the
model of the JavaScript SDK. It looks at what came over HTTP: botocore itself drops what its model does not have.
"""

import json

# Errors that AWS answers any operation with: https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
COMMON_ERRORS = {
    "ValidationException": 400,
    "SerializationException": 400,
    "UnknownOperationException": 404,
    "RequestEntityTooLargeException": 413,
}
# A model that does not have this runtime is too old to know every member and value of an answer.
NEWEST_RUNTIME = "nodejs24.x"


def is_current(service_model):
    return NEWEST_RUNTIME in service_model.shape_for("Runtime").enum


class KnownMapping:
    """Puts the UUID of the event source mapping that was made last into calls that leave it open (see compute-calls.ts)."""

    _OPEN = "the UUID of the last mapping"

    def __init__(self):
        self._uuid = None

    def put_into(self, members):
        return {**members, "UUID": self._uuid} if members.get("UUID") == self._OPEN else members

    def learn(self, answer):
        self._uuid = answer.get("UUID", self._uuid)


class Judge:
    """Hears every answer that a botocore session gets, and keeps the last one's status and faults."""

    def __init__(self, service_model):
        self._model = service_model
        self._errors = {
            shape.name: shape.metadata["error"]["httpStatusCode"] for shape in service_model.error_shapes
        }
        self._current = is_current(service_model)
        self.clear()

    def clear(self):
        self.status = None
        self.faults = []

    def hear(self, response_dict=None, **_):
        """A handler of botocore's event `response-received`; without an answer it has nothing to say."""
        if response_dict is None:
            return
        operation = self._model.operation_model(response_dict["context"]["operation_name"])
        self.status = response_dict["status_code"]
        headers = response_dict["headers"]
        faults = [] if headers.get("x-amzn-requestid") else ["no x-amzn-requestid"]
        body = response_dict["body"]
        failed = self.status >= 300
        self.faults += faults + (self._error(headers, body) if failed else self._success(operation, headers, body))

    def _error(self, headers, body):
        # Which of them an operation may answer is judged with the SDK's model, which is newer.
        code = headers.get("x-amzn-errortype", "")
        status = self._errors.get(code, COMMON_ERRORS.get(code))
        if status is None:
            return [f"AWS has no error {code or 'without a name'}"] if self._current else []
        faults = [] if status == self.status else [f"{code} with status {self.status}, not {status}"]
        if not json.loads(body).get("message"):
            faults.append(f"{code} without a message")
        return faults

    def _success(self, operation, headers, body):
        shape = operation.output_shape
        members = shape.members if shape else {}
        places = {name: member.serialization.get("location") for name, member in members.items()}
        faults = []
        # Where a member of the answer is the status, AWS documents several: Invoke and DeleteFunction say which it was.
        if "statusCode" not in places.values() and self.status != operation.http.get("responseCode", 200):
            faults.append(f"status {self.status}, not {operation.http['responseCode']}")
        for name, member in members.items():
            if places[name] == "header":
                faults += self._header(shape, name, member, headers)
        if shape and shape.serialization.get("payload"):
            return faults
        if self.status == 204 or None not in places.values():
            return faults if not body else [*faults, "a body where there is none"]
        return faults + self._structure(shape, json.loads(body), "")

    def _header(self, shape, name, member, headers):
        value = headers.get(member.serialization["name"])
        if value is None:
            return [f"{name} is missing"] if name in shape.required_members else []
        return self._value(member, value, name)

    def _structure(self, shape, value, path):
        if not isinstance(value, dict):
            return [f"{path} is no {shape.name}"]
        by_name = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        strange = [name for name in value if name not in by_name] if self._current else []
        faults = [f"{path}.{name} is not in the model" for name in strange]
        for wire, (name, member) in by_name.items():
            if member.serialization.get("location"):
                continue
            if value.get(wire) is not None:
                faults += self._value(member, value[wire], f"{path}.{wire}")
            elif name in shape.required_members:
                faults.append(f"{path}.{wire} is missing")
        return faults

    def _value(self, shape, value, path):
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, value, path)
        if kind == "list":
            if not isinstance(value, list):
                return [f"{path} is no list"]
            return [fault for i, one in enumerate(value) for fault in self._value(shape.member, one, f"{path}[{i}]")]
        if kind == "map":
            if not isinstance(value, dict):
                return [f"{path} is no map"]
            return [fault for key, one in value.items() for fault in self._value(shape.value, one, f"{path}.{key}")]
        return self._scalar(shape, value, path)

    def _scalar(self, shape, value, path):
        kind = shape.type_name
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if kind in ("integer", "long", "float", "double", "timestamp"):
            return [] if number else [f"{path} is no {kind}"]
        if kind == "boolean":
            return [] if isinstance(value, bool) else [f"{path} is no boolean"]
        if not isinstance(value, str):
            return [f"{path} is no {kind}"]
        if self._current and kind == "string" and shape.enum and value not in shape.enum:
            return [f"{path} has the value {value}, none of AWS's"]
        return []
