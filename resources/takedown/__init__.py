"""Take-downs: carried out, made good after a crash, and the duties to delete that a schedule honours.

One file per step: `execution.py` (rows, in one transaction), `files.py` (files, views, caches), `expiry.py` (duties),
`lock.py` (nothing new is made from what is being taken down). Not here: what goes for which reference
(`reelineage/takedown/plan.py`), what tombstones mean afterwards (`reelineage/takedown/withdrawal.py`).
"""
