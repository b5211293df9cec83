"""A part for tests: it does what its arguments say, in order, and notes its process id in a file.

`note FILE`, `listen PATH`, `deaf` (to SIGTERM), `detach FILE` (a child in a session of its own), `exit CODE`, `sleep`.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Work through the arguments."""
    words = iter(sys.argv[1:])
    for word in words:
        match word:
            case "note":
                _note(next(words), os.getpid())
            case "listen":
                listening = socket.socket(socket.AF_UNIX)
                listening.bind(next(words))
                listening.listen()
            case "deaf":
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            case "detach":
                command = [sys.executable, "-c", "import time; time.sleep(600)"]
                _note(next(words), subprocess.Popen(command, start_new_session=True).pid)
            case "exit":
                sys.exit(int(next(words)))
            case _:
                time.sleep(600)


def _note(path: str, process: int) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{process}\n")


if __name__ == "__main__":
    main()
