#!/usr/bin/env bash
# Unpacks headers whose -dev packages cannot be installed beside the others into build/third_party:
#   libphonenumber-dev   asks for Boost 1.74, which excludes the 1.81 that we build with; its headers need no Boost
# The run-time library is installed as usual. Does nothing when the headers of the installed version are there already.
# Needs no root. MORTISE_SKIP_INSTALL=1 leaves everything as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

[ "${MORTISE_SKIP_INSTALL:-0}" != 1 ] || exit 0
target=build/third_party

# fetch PACKAGE LIBRARY: the headers of PACKAGE in the version of the installed LIBRARY.
fetch() {
    local package=$1 library=$2 version folder
    version=$(dpkg-query -W -f='${Version}' "$library" 2>/dev/null || true)
    if [ -z "$version" ]; then
        echo "headers: $library is not installed; run tools/install_packages.sh first" >&2
        return 1
    fi
    [ "$(cat "$target/$package.version" 2>/dev/null)" != "$version" ] || return 0
    mkdir -p "$target"
    folder=$(mktemp -d "$target/fetch.XXXXXX")
    trap 'rm -rf "$folder"' RETURN
    # Into a folder of its own, so that two runs at a time do not meet.
    if ! (cd "$folder" && apt-get -q -o Acquire::Retries=3 download "$package=$version") >"$folder/log" 2>&1; then
        cat "$folder/log" >&2
        echo "headers: cannot download $package $version" >&2
        return 1
    fi
    dpkg-deb -x "$folder"/*.deb "$folder/unpacked"
    cp -a "$folder/unpacked/." "$target/"
    echo "$version" >"$target/$package.version"
    echo "headers: $package $version is in $target"
}

fetch libphonenumber-dev libphonenumber8
