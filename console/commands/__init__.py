"""The commands of `reelineage`, one file per command or group. Thin: read arguments, ask, print."""
