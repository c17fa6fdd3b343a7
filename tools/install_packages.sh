#!/usr/bin/env bash
# Installs the Debian 12 packages of tools/packages.txt that this machine lacks.
#   tools/install_packages.sh build   what building and running needs
#   tools/install_packages.sh test    that, and what tests and checks need (default)
#   tools/install_packages.sh long    that, and what ./test --long needs
# Needs root, or sudo, only when something is missing. Asks nothing. MORTISE_SKIP_INSTALL=1 leaves the machine alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

level=${1:-test}
case $level in
    build) sections="build" ;;
    test) sections="build test" ;;
    long) sections="build test long" ;;
    *) echo "usage: tools/install_packages.sh [build|test|long]" >&2; exit 2 ;;
esac

# Prints the packages of the given sections of tools/packages.txt.
listed() {
    awk -v wanted=" $* " '
        /^\[/ { section = $0; gsub(/[][[:space:]]/, "", section); next }
        { sub(/#.*/, "") }
        NF && index(wanted, " " section " ") { print $1 }' tools/packages.txt
}

# Prints those of the given packages that are not installed.
missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

if [ "${MORTISE_SKIP_INSTALL:-0}" = 1 ]; then
    echo "packages: left alone, MORTISE_SKIP_INSTALL is set"
    exit 0
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "packages: this is not a Debian system. Install the equivalents of tools/packages.txt," >&2
    echo "packages: then run again with MORTISE_SKIP_INSTALL=1" >&2
    exit 1
fi

# shellcheck disable=SC2046,SC2086  # lists of words
wanted=($(listed $sections))
needed=($(missing "${wanted[@]}"))

if [ ${#needed[@]} -eq 0 ]; then
    echo "packages: all ${#wanted[@]} for '$level' are installed"
else
    echo "packages: ${#needed[@]} of ${#wanted[@]} for '$level' are missing, installing: ${needed[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null || ! { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            echo "packages: installing needs root. As root, run: apt-get install --no-install-recommends ${needed[*]}" >&2
            exit 1
        fi
        as_root=(sudo)
    fi
    apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0)
    # The output is long and of interest only when something goes wrong.
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${needed[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 30 "$log" >&2
        echo "packages: apt-get failed, its last words are above" >&2
        exit 1
    fi
    left=($(missing "${needed[@]}"))
    if [ ${#left[@]} -ne 0 ]; then
        echo "packages: apt-get reports success but these are still missing: ${left[*]}" >&2
        exit 1
    fi
    echo "packages: installed"
fi

# Headers whose -dev packages cannot be installed beside the others are unpacked into the build folder.
if [ -x tools/fetch_dev_headers.sh ]; then
    tools/fetch_dev_headers.sh
fi
