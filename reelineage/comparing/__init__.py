"""Two of a kind compared stage by stage: where they part, and what a job that was made again is worth."""
