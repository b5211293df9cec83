"""The REST API, one file per kind of resource; `ROUTERS` are those under `/api`.

Belongs here: routes, the values they take and tell, and what all of them share (`answers.py`, `once.py`, `problems.py`,
`strictness.py`). Not here: rules and queries (`resources/`).
"""

from console.web.api import costs, document, generate, jobs, lineage, trends, videos

ROUTERS = (generate.router, jobs.router, lineage.router, videos.router, trends.router, costs.router, document.router)
