"""Several processes that live and die together: what a part is, how often it is started again, how none outlives us.

Belongs here: processes. Not here: which parts the console has (`console/up.py`), what they do (`console/serving.py`,
`console/dagster_pages.py`).
"""
