"""The published interface, as far as the fake goes: what a request or a value should look like."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

_SCHEMA: Final = json.loads(Path(__file__).with_name("schema.json").read_text())
OPERATIONS: Final[Mapping[str, Mapping[str, Any]]] = _SCHEMA["operations"]
_MODELS: Final[Mapping[str, Mapping[str, tuple[str, bool]]]] = _SCHEMA["models"]
_PLAIN: Final[Mapping[str, type]] = {"string": str, "int": int, "long": int, "containers": dict}


def request_faults(
    operation: str, query: Mapping[str, str], body: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what is wrong with a request; its path has led to the operation already."""
    parameters = OPERATIONS[operation]["parameters"]
    for name, value in query.items():
        if name not in parameters or parameters[name][0] != "query":
            yield f"{operation} has no parameter {name} in the query"
        elif parameters[name][1] in {"int", "long"} and not value.lstrip("-").isdigit():
            yield f"{operation}: {name} is no whole number: {value}"
    for name, value in body.items():
        if name not in parameters or parameters[name][0] != "body":
            yield f"{operation} has no {name} in the body"
        else:
            yield from faults(value, parameters[name][1], name)
    for name, (place, _, needed) in parameters.items():
        if needed and place == "query" and not query.get(name):
            yield f"{operation} needs {name}"


def faults(value: Any, kind: str, where: str = "") -> Iterator[str]:
    """Yield what is wrong with a value of the type."""
    where = where or kind
    if kind.startswith("List["):
        if not isinstance(value, list):
            yield f"{where} is no list: {value!r}"
            return
        for one in value:
            yield from faults(one, kind.removeprefix("List[").removesuffix("]"), where)
    elif kind == "Date":
        datetime.fromisoformat(value)
    elif kind in _PLAIN:
        if not isinstance(value, _PLAIN[kind]) or isinstance(value, bool):
            yield f"{where} is no {kind}: {value!r}"
    else:
        yield from _model_faults(value, kind, where)


def _model_faults(value: Any, kind: str, where: str) -> Iterator[str]:
    fields = _MODELS[kind]
    for name in value:
        if name not in fields:
            yield f"{where} has no field {name}"
    for name, (of_kind, needed) in fields.items():
        if name in value:
            yield from faults(value[name], of_kind, f"{where}.{name}")
        elif needed:
            yield f"{where} lacks {name}"
