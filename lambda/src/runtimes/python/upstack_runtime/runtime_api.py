"""The Runtime API (2018-06-01), over the channel to the control room or at an address.

Whoever has lost it ends with its process group, so that a killed control room leaves nothing behind.
"""

import json
import os
import signal

BASE = "/2018-06-01/runtime"
NEXT = ("GET", "/invocation/next", {}, b"")


class RuntimeApi:
    """
    What a runtime asks and says. Answers are `(status, headers, body)`, with the headers' names in lower case; one with
    the status 200 is an invocation.
    """

    def next(self):
        """Waits for an invocation."""
        return self._exchange(NEXT)

    def respond_and_next(self, request_id, content_type, result):
        """Sends what the handler returned, and waits for the next invocation."""
        headers = {"content-type": content_type}
        return self._exchange(("POST", f"/invocation/{request_id}/response", headers, result), NEXT)

    def fail_and_next(self, request_id, error):
        """Sends the error of an invocation, and waits for the next one."""
        return self._exchange(failure(f"/invocation/{request_id}/error", error), NEXT)

    def fail_init(self, error):
        """Sends an error after which the process ends."""
        self._exchange(failure("/init/error", error))

    def _exchange(self, *requests):
        """Sends the requests in their order; returns the last answer."""
        raise NotImplementedError


class ChannelApi(RuntimeApi):
    """A socket to the control room, whose answers always say their length. Requests go out in one write."""

    def __init__(self, channel):
        self._channel = channel
        self._reader = channel.makefile("rb")

    def first_line(self):
        """What is sent before the Runtime API begins."""
        return self._reader.readline() or end_process_group()

    def _exchange(self, *requests):
        try:
            self._channel.sendall(b"".join(written(*request) for request in requests))
            for _ in requests:
                answer = self._answer()
            return answer
        except OSError:
            end_process_group()

    def _answer(self):
        status = int(self._line().split()[1])
        headers = {}
        while line := self._line():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self._reader.read(int(headers.get("content-length", 0)))

    def _line(self):
        line = self._reader.readline() or end_process_group()
        return line.decode("latin-1").rstrip("\r\n")


class AddressApi(RuntimeApi):
    """A server that anybody may have put there: a wrapper script can put an extension in between."""

    def __init__(self, address):
        # What boots in advance has no use for it, and it takes long to load.
        from http.client import HTTPConnection, HTTPException

        # The function may set a default; an invocation may be long in coming.
        self._connection = HTTPConnection(address, timeout=None)
        self._broken = (OSError, HTTPException)

    def _exchange(self, *requests):
        for request in requests:
            answer = self._send(*request)
        return answer

    def _send(self, method, path, headers, body):
        # A server may end a connection that nothing goes over just when something does.
        tries = 1 if self._connection.sock is None else 2
        for _ in range(tries):
            try:
                self._connection.request(method, BASE + path, body, headers)
                response = self._connection.getresponse()
                named = {name.lower(): value for name, value in response.getheaders()}
                return response.status, named, response.read()
            except self._broken:
                self._connection.close()
        end_process_group()


def written(method, path, headers, body):
    """A request as bytes."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{method} {BASE}{path} HTTP/1.1\r\nhost: runtime\r\n{lines}content-length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


def failure(path, error):
    """The request that tells an error. Its name goes into a header, as far as one can carry it."""
    name = "".join(letter for letter in error["errorType"] if " " <= letter <= "~")
    headers = {"lambda-runtime-function-error-type": name}
    return "POST", path, headers, json.dumps(error).encode()


def end_process_group():
    """Kills this process, and what it has started."""
    os.killpg(0, signal.SIGKILL)
