#!/bin/sh
# Builds the golden plugins of a release, once, when it goes out: tests/abi/golden/build.sh 0.2
# They are kept in the repository, with their source, their digests and the trace that they left in the host of their
# own release. Every later host loads these very files (abi_plugins_test.cpp); never build those of an old release again.
set -eu
release=$1
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/../../.." && pwd)
out=$here/$release
if [ -e "$out/SHA256SUMS" ] && [ "${2-}" != --again ]; then
  echo "$out exists; --again builds it anew, which is right only before the release is out" >&2
  exit 1
fi
mkdir -p "$out"
cp "$here/../plugins/traced.c" "$here/../plugins/traced.cpp" "$here/../plugins/plugin.json.in" "$out"
cd "$out"
common="-O2 -fPIC -shared -s -fvisibility=hidden -ffunction-sections -ffile-prefix-map=$root=. -I$root/sdk/include
  -Wl,--gc-sections -Wl,-z,defs -Wl,--version-script=$root/sdk/cmake/plugin.exports"
# shellcheck disable=SC2086 # the words of $common are arguments
{
  gcc -std=c11 $common -DTRACED_NAME='"goldenc"' -o goldenc.so traced.c -lpthread
  g++ -std=c++20 $common -fvisibility-inlines-hidden -fno-gnu-unique -DTRACED_NAME='"goldencpp"' -o goldencpp.so traced.cpp -lpthread
  clang++-14 -std=c++20 -stdlib=libc++ $common -fvisibility-inlines-hidden -DTRACED_NAME='"goldenlibcpp"' -o goldenlibcpp.so traced.cpp -lpthread
}
sha256sum goldenc.so goldencpp.so goldenlibcpp.so traced.c traced.cpp plugin.json.in >SHA256SUMS
