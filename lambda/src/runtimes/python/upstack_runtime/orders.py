"""What this process is to be.

Started by its name, it finds that in its environment; booted before anybody knew, it is told in the first line on the
channel to the control room, descriptor 3, which carries the Runtime API afterwards.
"""

import json
import os
import socket
import sys
import time

from .runtime_api import AddressApi, ChannelApi


def take_orders():
    """Returns the Runtime API, with environment, time zone and working directory as they are to be."""
    how = sys.argv[1:]
    # Functions see what they see on Lambda: the program of the runtime, and nothing for it.
    del sys.argv[1:]
    if how != ["channel"]:
        return AddressApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    channel = socket.socket(fileno=3)
    # What a function starts must not hold it open.
    channel.set_inheritable(False)
    api = ChannelApi(channel)
    orders = json.loads(api.first_line())
    os.environ.update(orders["variables"])
    time.tzset()
    os.chdir(orders["directory"])
    return api
