"""The seven assets, one file per stage. The link between two assets is the argument name; no file imports another."""
