"""The published Bot API, as far as the fake goes: what a value or a request should look like."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

_SCHEMA: Final = json.loads(Path(__file__).with_name("schema.json").read_text())
METHODS: Final[Mapping[str, Mapping[str, tuple[str, bool]]]] = _SCHEMA["methods"]
_TYPES: Final[Mapping[str, Mapping[str, tuple[str, bool]]]] = _SCHEMA["types"]
_UNIONS: Final[Mapping[str, list[str]]] = _SCHEMA["unions"]
_PLAIN: Final[Mapping[str, tuple[type, ...]]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
    "True": (bool,),
}


def faults(value: Any, kind: str, where: str = "") -> Iterator[str]:
    """Yield what is wrong with a value of the type."""
    where = where or kind
    if " or " in kind or kind in _UNIONS:
        choices = _UNIONS.get(kind) or kind.split(" or ")
        if all(any(faults(value, choice)) for choice in choices):
            yield f"{where} is no {kind}: {value!r}"
    elif kind.startswith("Array of "):
        yield from _array_faults(value, kind.removeprefix("Array of "), where)
    elif kind in _PLAIN:
        if not isinstance(value, _PLAIN[kind]) or (
            isinstance(value, bool) and kind not in {"Boolean", "True"}
        ):
            yield f"{where} is no {kind}: {value!r}"
    elif kind in _TYPES:
        yield from _object_faults(value, kind, where)
    else:
        yield f"{where} is of a type that this fake does not know: {kind}"


def request_faults(method: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a request; parameters are decoded already."""
    yield from _field_faults(parameters, METHODS[method], method)


def decoded(method: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of a form, of which all are text, with the types they should have."""
    return {name: _decoded(text, _kind(method, name)) for name, text in parameters.items()}


def _kind(method: str, name: str) -> str:
    return METHODS[method].get(name, ("String", False))[0]


def _decoded(text: str, kind: str) -> Any:
    if kind == "String":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _array_faults(value: Any, kind: str, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where} is no list: {value!r}"
        return
    for number, one in enumerate(value):
        yield from faults(one, kind, f"{where}[{number}]")


def _object_faults(value: Any, kind: str, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no object: {value!r}"
        return
    yield from _field_faults(value, _TYPES[kind], where)


def _field_faults(
    value: Mapping[str, Any], fields: Mapping[str, tuple[str, bool]], where: str
) -> Iterator[str]:
    yield from (f"{where}.{name} is unknown" for name in value if name not in fields)
    for name, (kind, required) in fields.items():
        if name in value:
            yield from faults(value[name], kind, f"{where}.{name}")
        elif required:
            yield f"{where}.{name} is missing"
