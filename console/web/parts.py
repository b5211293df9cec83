"""What routes ask for by type: the home."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from resources.home import Home


def home_of(connection: HTTPConnection) -> Home:
    """The home that this console serves."""
    home: Home = connection.scope["app"].state.home
    return home


TheHome = Annotated[Home, Depends(home_of)]
