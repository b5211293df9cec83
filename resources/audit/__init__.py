"""The audit: does every row have what it was made from, in the same job, with its files and its place in the chain?

Belongs here: checks over stored rows that a person can act on, one file per group of rules; `whole.py` runs them. The
database refuses most of this when it happens; the audit finds what was done behind its back (keys switched off, a
file edited, a row changed by hand).
"""

from resources.audit.findings import Finding, Report
from resources.audit.whole import Options, audit_all, audit_job, run_audit

__all__ = ["Finding", "Options", "Report", "audit_all", "audit_job", "run_audit"]
