"""The function's own code: finds the handler, and tells what went wrong in it as Lambda does."""

import importlib
import json
import traceback


class RuntimeFailure(Exception):
    """An error of the runtime itself, with the name that the caller sees."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


def load_handler(name):
    """The function that `module.function` names. Raises RuntimeFailure, and what the module raises."""
    try:
        module_name, function_name = name.replace("/", ".").rsplit(".", 1)
    except ValueError as error:
        raise RuntimeFailure("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}")
    try:
        module = importlib.import_module(module_name)
    except SyntaxError as error:
        raise RuntimeFailure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}")
    except ImportError as error:
        raise RuntimeFailure("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}")
    if not hasattr(module, function_name):
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise RuntimeFailure("Runtime.HandlerNotFound", message)
    return getattr(module, function_name)


def describe(error):
    """What the caller gets of an error."""
    if isinstance(error, RuntimeFailure):
        return {"errorMessage": str(error), "errorType": error.name, "stackTrace": []}
    # The first frame is the runtime's call of the handler.
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_list(frames),
    }


def serialised(result):
    """What a handler returned, as JSON. Raises RuntimeFailure where it has none."""
    try:
        return json.dumps(result)
    except (TypeError, ValueError) as error:
        raise RuntimeFailure("Runtime.MarshalError", f"Unable to marshal response: {error}")
