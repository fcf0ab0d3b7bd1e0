"""The JSON schema of SOP files, by which editors complete keys and mark mistakes while one types."""

from __future__ import annotations

import json

from groupbot.sop.schema import SopModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> str:
    """Return the schema as JSON text; sops/sop.schema.json holds the same."""
    document = {"$schema": DIALECT} | SopModel.model_json_schema() | {"title": "groupbot SOP"}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
