"""What every asset shares: owners, and the version of the code that makes each of them.

A code version changes when the same inputs would give another document. Groups are declared with the assets' modules in
`definitions.py`, never on an asset. There is no retry policy: under the in-process executor it turns a user's Terminate
into a retry, so providers are retried inside the step (`resources/work.py`).
"""

OWNERS = ["team:reelineage"]

CODE_VERSIONS = {
    "trends": "1",
    "analysis": "1",
    "scripts": "1",
    "voiceovers": "2",
    "clips": "2",
    "videos": "2",
    "reviews": "3",
}
