"""The facets that Reelineage adds to OpenLineage events; `docs/schemas/` describes each field.

Belongs here: the classes, which say what an event may tell. A field may be added; one that changes its meaning makes
a new version of the facet, under a new schema name.
"""

from functools import cache
from importlib.metadata import version

import attr
from openlineage.client.generated.base import DatasetFacet, RunFacet

SCHEMAS = "urn:reelineage:schema:"
_VERSION = "1-0-0"


@cache
def producer() -> str:
    """Who says it: this software and its version, as the URI that the specification asks for."""
    return f"urn:reelineage:producer:{version('reelineage')}"


def schema_url(name: str) -> str:
    """The name of a facet's schema; `$id` of the file `docs/schemas/NAME.json`, and the facet inside it."""
    return f"{SCHEMAS}{name}:{_VERSION}#/$defs/{name}"


@attr.define(kw_only=True)
class LineageRunFacet(RunFacet):
    """`reelineage_lineage`: the row that this run made, and its place in the chain of its job."""

    row: str
    job_id: int | None = None
    version: int | None = None
    data_version: str | None = None
    previous_sha256: str | None = None
    origin: str | None = None
    code_version: str | None = None
    run_id: str | None = None
    tombstone: str | None = None

    @staticmethod
    def _get_schema() -> str:
        return schema_url("LineageRunFacet")


@attr.define(kw_only=True)
class ProviderCallRunFacet(RunFacet):
    """`reelineage_provider_call`: who was asked, with what, and what it cost; an unknown price is left out."""

    role: str
    provider: str
    model: str
    status: str
    request_sha256: str
    prompt_version: str | None = None
    seed: int | None = None
    stand_in: str | None = None
    cost_nanousd: int | None = None

    @staticmethod
    def _get_schema() -> str:
        return schema_url("ProviderCallRunFacet")


@attr.define(kw_only=True)
class FetchRunFacet(RunFacet):
    """`reelineage_fetch`: which source was read, and until when its text may be kept."""

    source_kind: str
    source_name: str
    observation_count: int
    skipped_count: int
    stand_in: str | None = None
    delete_by: str | None = None

    @staticmethod
    def _get_schema() -> str:
        return schema_url("FetchRunFacet")


@attr.define(kw_only=True)
class CredentialRunFacet(RunFacet):
    """`reelineage_credential`: the signed file of a video, its manifest, and what the signature says it is."""

    subject: str
    video_sha256: str
    file_sha256: str
    manifest_sha256: str
    certificate_sha256: str
    digital_source_type: str
    timestamped: bool

    @staticmethod
    def _get_schema() -> str:
        return schema_url("CredentialRunFacet")


@attr.define(kw_only=True)
class DecisionRunFacet(RunFacet):
    """`reelineage_decision`: what a person decided about exactly which file."""

    verdict: str
    actor: str
    video_sha256: str
    demo_allowed: bool

    @staticmethod
    def _get_schema() -> str:
        return schema_url("DecisionRunFacet")


@attr.define(kw_only=True)
class EditRunFacet(RunFacet):
    """`reelineage_edit`: who changed a script; what was changed never leaves by an export."""

    actor: str

    @staticmethod
    def _get_schema() -> str:
        return schema_url("EditRunFacet")


@attr.define(kw_only=True)
class MediaDatasetFacet(DatasetFacet):
    """`reelineage_media`: an outside work, whose it is and under which licence."""

    kind: str
    provider: str
    external_id: str
    title: str
    author: str
    licence: str
    page_url: str
    attribution: str
    sha256: str

    @staticmethod
    def _get_schema() -> str:
        return schema_url("MediaDatasetFacet")


FACETS = {
    "reelineage_lineage": LineageRunFacet,
    "reelineage_provider_call": ProviderCallRunFacet,
    "reelineage_fetch": FetchRunFacet,
    "reelineage_credential": CredentialRunFacet,
    "reelineage_decision": DecisionRunFacet,
    "reelineage_edit": EditRunFacet,
    "reelineage_media": MediaDatasetFacet,
}
