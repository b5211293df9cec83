"""What routes ask for by type: the home, what people do in it, and what watches over it.

`async` saves each a trip to another thread.
"""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from console.acts import Acts
from resources.health.watching import Watcher
from resources.home import Home


async def home_of(connection: HTTPConnection) -> Home:
    """The home that this console serves."""
    home: Home = connection.scope["app"].state.home
    return home


TheHome = Annotated[Home, Depends(home_of)]


async def watcher_of(connection: HTTPConnection) -> Watcher:
    """What probes this installation's health."""
    watcher: Watcher = connection.scope["app"].state.watcher
    return watcher


TheWatcher = Annotated[Watcher, Depends(watcher_of)]


async def acts_of(connection: HTTPConnection) -> Acts:
    """What people do in this home, shown in Dagster by the instance that this console keeps."""
    acts: Acts = connection.scope["app"].state.acts
    return acts


TheActs = Annotated[Acts, Depends(acts_of)]
