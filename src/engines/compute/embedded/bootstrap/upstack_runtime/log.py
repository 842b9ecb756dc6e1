"""Records of `logging` as Lambda writes them: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html"""

import json
import logging
import os
import sys
import time
import traceback

LEVELS = {
    "TRACE": logging.NOTSET,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "FATAL": logging.CRITICAL,
}


class RequestIdFilter(logging.Filter):
    """Gives every log record the id of the invocation that runs."""

    request_id = ""

    def filter(self, record):
        record.aws_request_id = self.request_id
        return True


class JsonFormatter(logging.Formatter):
    """Lambda's JSON form of a log record."""

    def format(self, record):
        line = {
            "timestamp": timestamp(record.created),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": record.aws_request_id or None,
        }
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            line["errorType"] = kind.__name__
            line["errorMessage"] = str(error)
            line["stackTrace"] = traceback.format_tb(trace)
        return json.dumps({name: value for name, value in line.items() if value is not None}, default=str)


def text_formatter():
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    return formatter


def configure_logging():
    """Makes the root logger write to standard output. Returns what must know the invocation that runs."""
    request_ids = RequestIdFilter()
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter() if is_json() else text_formatter())
    handler.addFilter(request_ids)
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if is_json() and level in LEVELS:
        root.setLevel(LEVELS[level])
    return request_ids


def log_error(request_id, error):
    """Writes an error that the handler or its module did not catch; `request_id` is None before the first invocation."""
    if is_json():
        line = {"timestamp": timestamp(time.time()), "log_level": "ERROR", **error}
        if request_id is not None:
            line["requestId"] = request_id
        text = json.dumps(line) + "\n"
    else:
        head = f"[ERROR] {error['errorType']}: {error['errorMessage']}"
        trace = "".join(error["stackTrace"])
        text = f"{head}\n{trace}" if trace else f"{head}\n"
    sys.stdout.write(text)
    sys.stdout.flush()


def is_json():
    return os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"


def timestamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
