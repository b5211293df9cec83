"""The labelled demo feed that comes with Reelineage: made-up items for trying things out, never real trends."""

from importlib.resources import files

SAMPLE_NAME = "sample feed (demo)"


def sample_feed() -> bytes:
    """The demo feed as JSONL bytes: about 60 made-up items over 7 topics, each seen twice, twelve hours apart."""
    return files("reelineage.trends").joinpath("sample_feed.jsonl").read_bytes()
