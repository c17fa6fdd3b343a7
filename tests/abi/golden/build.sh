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
rm -f "$out"/traced*
cp "$here"/../plugins/traced* "$here/../plugins/plugin.json.in" "$out"
cd "$out"
c="traced.c traced_values.c traced_records.c traced_host.c traced_blobs.c traced_net.c"
common="-O2 -fPIC -shared -s -fvisibility=hidden -ffunction-sections -ffile-prefix-map=$root=. -I$root/sdk/include
  -Wl,--gc-sections -Wl,-z,defs -Wl,--version-script=$root/sdk/cmake/plugin.exports"
# shellcheck disable=SC2086 # the words of $common are arguments
{
  gcc -std=c11 $common -DTRACED_NAME='"goldenc"' -o goldenc.so $c -lpthread
  g++ -std=c++20 $common -fvisibility-inlines-hidden -fno-gnu-unique -DTRACED_NAME='"goldencpp"' -o goldencpp.so traced.cpp -lpthread
  clang++-14 -std=c++20 -stdlib=libc++ $common -fvisibility-inlines-hidden -DTRACED_NAME='"goldenlibcpp"' -o goldenlibcpp.so traced.cpp -lpthread
}
# The example of the guides, which uses what plugins use most, with the scenario that it went through then.
example=$root/tests/docs/leadscore
rm -rf leadscore
mkdir -p leadscore/com.acme.leadscore leadscore/src
cp "$example"/src/* leadscore/src
cp "$example/plugin.json" leadscore/com.acme.leadscore
cp "$here/leadscore_scenario.py" leadscore/scenario.py
# shellcheck disable=SC2086
g++ -std=c++20 $common -fvisibility-inlines-hidden -fno-gnu-unique -o leadscore/com.acme.leadscore/leadscore.so leadscore/src/*.cpp -lpthread
sha256sum leadscore/*/* leadscore/scenario.py >SHA256SUMS.leadscore
sha256sum goldenc.so goldencpp.so goldenlibcpp.so traced* plugin.json.in | cat - SHA256SUMS.leadscore >SHA256SUMS
rm SHA256SUMS.leadscore
