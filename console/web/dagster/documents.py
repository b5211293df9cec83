"""What a GraphQL request is, read before Dagster reads it: its operations decide who may send it, and how.

Belongs here: from bytes to `Asked`, and the rules for documents. Not here: who asks (`routes.py`). Dagster gets a new
request made from `Asked`, so that it cannot read anything else in it than what was judged.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

from reelineage.errors import BadInput

LONGEST_DOCUMENT: Final = 200_000
"""Characters; the longest that Dagster's own pages send has 15,000."""
_MOST_TOKENS: Final = 20_000
_DOING: Final = "Reading a GraphQL request"


@dataclass(frozen=True)
class Asked:
    """One GraphQL request as it was understood."""

    query: str
    variables: Mapping[str, object] | None
    operation_name: str | None
    operations: frozenset[OperationType]

    @property
    def changes(self) -> bool:
        """Whether any operation in the document is a mutation, the chosen one or not."""
        return OperationType.MUTATION in self.operations

    @property
    def subscribes(self) -> bool:
        """Whether any operation in the document is a subscription."""
        return OperationType.SUBSCRIPTION in self.operations

    @property
    def only_subscribes(self) -> bool:
        """Whether every operation in the document is a subscription."""
        return self.operations == {OperationType.SUBSCRIPTION}

    def body(self) -> bytes:
        """The request to send instead of the one that came."""
        content = {"query": self.query, "variables": self.variables, "operationName": self.operation_name}
        return json.dumps(content).encode()


def read_post(content_type: str, body: bytes) -> Asked:
    """A document that came by POST, as JSON or as `application/graphql`.

    Dagster would read the query string when it does not know the content type; here that is a mistake.

    Raises:
        BadInput: it is neither, several requests in one, or no GraphQL.
    """
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{_DOING}: it is not UTF-8.") from error
    if kind == "application/graphql":
        return read(text, None, None)
    if kind != "application/json":
        raise BadInput(f"{_DOING}: send it as application/json.")
    content = read_object(text)
    return read(content.get("query"), content.get("variables"), content.get("operationName"))


def read_object(text: str) -> dict[str, object]:
    """A JSON object in which no name stands twice: two readers could each believe another one.

    Raises:
        BadInput: it is none.
    """
    try:
        content = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{_DOING}: it is not the JSON of one request ({str(error)[:200]}).") from error
    if not isinstance(content, dict):
        raise BadInput(f"{_DOING}: one request at a time, please; this is a list or a bare value.")
    return content


def read(query: object, variables: object, operation_name: object) -> Asked:
    """A document with what belongs to it.

    Raises:
        BadInput: the document is no GraphQL, holds no operation, or the rest has the wrong type.
    """
    if not isinstance(query, str) or not query:
        raise BadInput(f"{_DOING}: it has no `query`.")
    if isinstance(variables, str):
        variables = read_object(variables) if variables else None
    if variables is not None and not isinstance(variables, dict):
        raise BadInput(f"{_DOING}: its `variables` must be an object.")
    if operation_name is not None and not isinstance(operation_name, str):
        raise BadInput(f"{_DOING}: its `operationName` must be text.")
    return Asked(query, variables, operation_name or None, _operations(query))


def _operations(query: str) -> frozenset[OperationType]:
    try:
        document = parse(
            query,
            no_location=True,
            max_lexical_tokens=_MOST_TOKENS,
            max_comments=100,
            max_source_length=LONGEST_DOCUMENT,
        )
    except GraphQLError as error:
        raise BadInput(f"{_DOING}: {error.message[:300]}") from error
    found = frozenset(node.operation for node in document.definitions if isinstance(node, OperationDefinitionNode))
    if not found:
        raise BadInput(f"{_DOING}: it holds no operation.")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return content
