"""What a handler returned, as it is sent."""

import json
import os
import re
from decimal import Decimal
from uuid import uuid4

from .user_code import RuntimeFailure

# These write letters of all languages as they are; before, Lambda escapes them.
ESCAPING = {f"AWS_Lambda_python3.{minor}" for minor in range(9, 12)}


def marshalled(result):
    """
    Returns content type and bytes: bytes as they are, everything else as JSON. Raises RuntimeFailure where it has none.
    """
    if isinstance(result, bytes):
        return "application/unknown", result
    decimals = Decimals()
    escaping = os.environ.get("AWS_EXECUTION_ENV") in ESCAPING
    try:
        text = json.dumps(result, default=decimals.stand_in, ensure_ascii=escaping)
        return "application/json", decimals.put_into(text).encode()
    except Exception as error:
        raise RuntimeFailure("Runtime.MarshalError", f"Unable to marshal response: {error}")


class Decimals:
    """Decimals are numbers with all their digits, which the encoder has no way to say: a text stands for each."""

    def __init__(self):
        self._numbers = {}  # by the text in its quotes

    def stand_in(self, value):
        if not isinstance(value, Decimal):
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
        text = uuid4().hex
        self._numbers[f'"{text}"'] = "NaN" if value.is_nan() else str(value)
        return text

    def put_into(self, text):
        if not self._numbers:
            return text
        return re.sub(r'"[0-9a-f]{32}"', lambda found: self._numbers.get(found[0], found[0]), text)
