"""The guard before everything: from where a request comes, who asks, what they may do, what the answer may do.

`middleware.Guard` stands before pages, API and Dagster's UI alike; a route asks for a role with `needs`.
"""

from console.web.guard.middleware import Guard
from console.web.guard.roles import Asker, needs, require

__all__ = ["Asker", "Guard", "needs", "require"]
