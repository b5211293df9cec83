#!/usr/bin/env bash
# The browser that the tests of the pages drive: Debian's Chromium, installed where that is possible, else named.
# CHROMIUM=/path/to/chrome takes another one.
set -euo pipefail

say() { printf 'browser: %s\n' "$*" >&2; }

for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [[ -n $candidate ]] && command -v "$candidate" >/dev/null; then exit 0; fi
done

install='apt-get update && apt-get install -y --no-install-recommends chromium'
if ! command -v apt-get >/dev/null || ((EUID != 0)); then
    say "the tests of the pages need Chromium. On Debian: sudo sh -c '$install'
  elsewhere install Chromium or Chrome, or name it: make test CHROMIUM=/path/to/chrome"
    exit 1
fi
say "installing Chromium"
DEBIAN_FRONTEND=noninteractive sh -c "$install" >&2 </dev/null || { say "apt-get failed (see above). When it works again: make test"; exit 1; }
