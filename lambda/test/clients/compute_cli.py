"""Makes calls of the Lambda API with the AWS CLI, in one process: starting the CLI takes a second. Reads the same task as
compute_boto3.py, and `directory`, where it may write files; writes how each command ended.
"""

import base64
import contextlib
import io
import json
import os
import re
import sys

import awscli
from awscli.clidriver import create_clidriver

try:
    # Version 2 of the CLI has a botocore of its own.
    from awscli.botocore import xform_name
except ImportError:
    from botocore import xform_name

from compute_model import Judge, KnownMapping, is_current

ERROR = re.compile(r"An error occurred \((\w+)\) when calling the (\w+) operation")
# Arguments that are not called as the members of the API they set.
RENAMED = {"CodeSha256": "code-sha-256"} if awscli.__version__.startswith("1.") else {}

# Arguments that are names of files anyway.
FILES = ("InvokeArgs",)


class Words:
    """The command line that sets the members of a call; what is binary goes into files."""

    def __init__(self, directory):
        self._directory = directory
        self._files = 0

    def of(self, operation, members):
        words = ["lambda", xform_name(operation, "-"), "--no-paginate"]
        for name, value in members.items():
            if isinstance(value, dict) and "ZipFile" in value:
                # Of a function's Code or a layer's Content: only this argument takes a file.
                words += self._member("ZipFile", value["ZipFile"])
            else:
                words += self._member(name, value)
        return [*words, os.path.join(self._directory, "output")] if operation == "Invoke" else words

    def _member(self, name, value):
        option = "--" + RENAMED.get(name, xform_name(name, "-"))
        if isinstance(value, bool):
            return [option if value else option.replace("--", "--no-", 1)]
        if isinstance(value, bytes):
            return [option, ("" if name in FILES else "fileb://") + self._file(value)]
        return [option, value if isinstance(value, str) else json.dumps(value)]

    def _file(self, value):
        self._files += 1
        path = os.path.join(self._directory, f"bytes-{self._files}")
        with open(path, "wb") as file:
            file.write(value)
        return path


def read_bytes(member):
    return base64.b64decode(member["base64"]) if member.keys() == {"base64"} else member


def run(driver, words):
    """The exit status of a command, and what it wrote to both outputs."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver.main(words)
        except SystemExit as exit_:
            status = exit_.code
    return status, *(stream.buffer.getvalue().decode() for stream in (out, err))


def outcome_of(operation, status, err):
    """`granted`, the error's code, or `client` where the CLI refused to send the call."""
    if status == 0:
        return "granted"
    if "Invalid choice" in err or "invalid choice" in err:
        return "unknown"
    told = ERROR.search(err)
    return "client" if told is None else told[1] if told[2] == operation else f"{told[1]} of {told[2]}"


def configure(task):
    config = os.path.join(task["directory"], "config")
    with open(config, "w", encoding="utf-8") as file:
        file.write("[profile refused]\nparameter_validation = false\n")
    os.environ.update(
        HOME=task["directory"],
        AWS_CONFIG_FILE=config,
        AWS_ACCESS_KEY_ID=task["accessKeyId"],
        AWS_SECRET_ACCESS_KEY=task["secretAccessKey"],
        AWS_DEFAULT_REGION=task["region"],
        AWS_MAX_ATTEMPTS="1",
        AWS_PAGER="",
        AWS_EC2_METADATA_DISABLED="true",
    )


def driver_of(profile):
    """A command line of its own, whose session gives every answer to the judge."""
    if profile is None:
        os.environ.pop("AWS_PROFILE", None)
    else:
        os.environ["AWS_PROFILE"] = profile
    driver = create_clidriver()
    driver.session.get_credentials()
    return driver


def main():
    task = json.load(sys.stdin, object_hook=read_bytes)
    configure(task)
    drivers = {True: driver_of(None), False: driver_of("refused")}
    model = drivers[True].session.get_service_model("lambda")
    judge = Judge(model)
    for driver in drivers.values():
        driver.session.register("response-received.lambda", judge.hear)
    words = Words(task["directory"])
    globals_ = ["--endpoint-url", task["endpoint"], "--output", "json"]
    known = KnownMapping()
    outcomes = []
    for one in task["calls"]:
        judge.clear()
        operation = one["operation"]
        status, out, err = run(drivers[one["granted"]], [*globals_, *words.of(operation, known.put_into(one["input"]))])
        outcome = outcome_of(operation, status, err)
        if outcome == "granted":
            # What AWS answers without members the CLI does not print.
            known.learn(json.loads(out or "{}"))
        told = {"operation": operation, "outcome": outcome, "status": judge.status, "faults": judge.faults}
        outcomes.append({**told, "said": err[:2000]})
    json.dump({"client": f"AWS CLI {awscli.__version__}", "current": is_current(model), "outcomes": outcomes}, sys.stdout)


main()
