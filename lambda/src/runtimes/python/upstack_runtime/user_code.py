"""The function's own code: finds the handler, and tells what went wrong in it as Lambda does."""

import importlib
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class RuntimeFailure(Exception):
    """An error of the runtime itself, with the name that the caller sees."""

    def __init__(self, name, message, trace=()):
        super().__init__(message)
        self.name = name
        self.trace = list(trace)


def load_handler(name):
    """The function that `module.function` names. Raises RuntimeFailure, and what the module raises."""
    try:
        path, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise RuntimeFailure("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}")
    if path.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {path} as a handler module"
        raise RuntimeFailure("Runtime.BuiltInModuleConflict", message)
    module = import_module(path)
    if not hasattr(module, function_name):
        message = f"Handler '{function_name}' missing on module '{path}'"
        raise RuntimeFailure("Runtime.HandlerNotFound", message)
    return getattr(module, function_name)


def import_module(path):
    try:
        return importlib.import_module(path.replace("/", "."))
    except ImportError as error:
        raise RuntimeFailure("Runtime.ImportModuleError", f"Unable to import module '{path}': {error}")
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise RuntimeFailure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{path}': {error}", trace)


def describe(error, request_id=""):
    """What the caller gets of an error."""
    failed = isinstance(error, RuntimeFailure)
    return {
        "errorMessage": str(error),
        "errorType": error.name if failed else type(error).__name__,
        "requestId": request_id,
        "stackTrace": error.trace if failed else traceback.format_list(frames_of(error)),
    }


def frames_of(error):
    """Where it came from, without the runtime's own calls before; all of it when there was nothing else."""
    frames = traceback.extract_tb(error.__traceback__)
    for place, frame in enumerate(frames):
        if not frame.filename.startswith(HERE):
            return frames[place:]
    return frames
