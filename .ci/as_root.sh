# Sourced: sets $as_root to what goes before a command so that it runs as root without asking; "" where that cannot be.
as_root=""
if [ "$(id -u)" = 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true >/dev/null 2>&1; then
    as_root="sudo -n"
fi

# Installs packages of Debian; what apt said stands in the log. Usage: install_packages LOG PACKAGE...
install_packages() {
    log=$1
    shift
    [ -n "$as_root" ] && command -v apt-get >/dev/null 2>&1 || return 1
    { $as_root apt-get update -q \
        && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null
}
