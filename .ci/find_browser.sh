#!/bin/sh
# Prints the browser for the tests, installing one if need be. Usage: find_browser.sh PYTHON_OF_THE_ENVIRONMENT
# In this order: $WIJKTWIN_BROWSER, one on PATH, Debian's own through apt (as root or with sudo that asks nothing), Playwright's own.
set -u
python=$1
log=.venv/browser.log

on_path() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        found=$(command -v "$name" 2>/dev/null) || continue
        # Ubuntu's chromium-browser may be a stub that only points at a snap
        "$found" --version >/dev/null 2>&1 && { echo "$found"; return 0; }
    done
    return 1
}

playwrights_own() {
    "$python" -c '
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    path = p.chromium.executable_path
if not pathlib.Path(path).exists():
    sys.exit(1)
print(path)' 2>/dev/null
}

if [ -n "${WIJKTWIN_BROWSER:-}" ]; then
    [ -x "$WIJKTWIN_BROWSER" ] && { echo "$WIJKTWIN_BROWSER"; exit 0; }
    echo "WIJKTWIN_BROWSER names $WIJKTWIN_BROWSER, which cannot be run: correct it or leave it out." >&2
    exit 1
fi
on_path && exit 0
playwrights_own && exit 0

. "$(dirname "$0")/as_root.sh"
if [ -n "$as_root" ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing a browser for the tests (Debian's chromium) ..." >&2
    install_packages "$log" chromium chromium-driver fonts-liberation fonts-dejavu-core
    on_path && exit 0
fi

echo "Installing a browser for the tests (Playwright's own chromium) ..." >&2
if [ -n "$as_root" ] && command -v apt-get >/dev/null 2>&1; then
    "$python" -m playwright install --with-deps chromium >>"$log" 2>&1 </dev/null
else
    "$python" -m playwright install chromium >>"$log" 2>&1 </dev/null
fi
playwrights_own && exit 0

echo "The tests need a browser and none could be installed (see $log): install one with: sudo apt install chromium" \
     "- or name one with: make test WIJKTWIN_BROWSER=/path/to/chrome" >&2
exit 1
