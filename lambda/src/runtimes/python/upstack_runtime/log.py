"""Records of `logging` as Lambda writes them: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""

import json
import logging
import os
import time
import traceback

# What every record has, and what is told of it by another name.
USUAL = {*vars(logging.makeLogRecord({})), "aws_request_id"}

LEVELS = {
    "TRACE": logging.DEBUG,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "FATAL": logging.CRITICAL,
}


# Its own way to standard output: the function may close or replace Python's stream.
OUTPUT = open(1, "w", encoding="utf-8", errors="backslashreplace", newline="\n", closefd=False)


def write(text):
    """Writes text to the function's log at once."""
    OUTPUT.write(text)
    OUTPUT.flush()


class RequestIdFilter(logging.Filter):
    """Gives every log record the id of the invocation that runs."""

    request_id = ""

    def filter(self, record):
        record.aws_request_id = self.request_id
        return True


class JsonFormatter(logging.Formatter):
    """Lambda's JSON form of a log record; what was given as `extra` is told too."""

    def format(self, record):
        line = {
            "timestamp": timestamp(record.created),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            line["stackTrace"] = traceback.format_tb(trace)
            line["errorType"] = kind.__name__
            line["errorMessage"] = str(error)
            line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        line["requestId"] = record.aws_request_id
        extra = {name: value for name, value in vars(record).items() if name not in USUAL and name not in line}
        told = {name: value for name, value in {**line, **extra}.items() if value is not None}
        return json.dumps(told, ensure_ascii=False)


def text_formatter():
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    return formatter


def configure_logging():
    """Makes the root logger write to standard output. Returns what must know the invocation that runs."""
    request_ids = RequestIdFilter()
    handler = logging.StreamHandler(OUTPUT)
    handler.setFormatter(JsonFormatter() if is_json() else text_formatter())
    handler.addFilter(request_ids)
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if is_json() and level in LEVELS:
        root.setLevel(LEVELS[level])
    return request_ids


def log_error(error):
    """Writes an error that the handler or its module did not catch."""
    if is_json():
        line = {"timestamp": timestamp(time.time()), "level": "ERROR", **error}
        write(json.dumps(line) + "\n")
    else:
        trace = "".join(["Traceback (most recent call last):\n", *error["stackTrace"]])
        write(f"[ERROR] {error['errorType']}: {error['errorMessage']}\n{trace.rstrip()}\n")


def is_json():
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


def timestamp(seconds):
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(seconds * 1000) % 1000:03d}Z"
