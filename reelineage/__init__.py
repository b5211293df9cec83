"""The domain of Reelineage in plain Python: no Dagster, no network, no environment."""
