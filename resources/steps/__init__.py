"""What the stages do: providers called through the ledger, domain functions in between, documents at the end.

One file per stage that calls providers or composes. Not here: Dagster's decorators (`pipeline_assets/assets`), rules of
the domain (`reelineage`).
"""
