# A validator written in Python below pydantic's Rust.
from pydantic_core import SchemaValidator, core_schema

import _truth


def check(value):
    _truth.block()


def validate(value):
    field = core_schema.no_info_after_validator_function(check, core_schema.int_schema())
    return SchemaValidator(core_schema.list_schema(field)).validate_python(value)


_truth.watch()
validate([1])
