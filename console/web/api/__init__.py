"""The REST API, one file per kind of resource."""
