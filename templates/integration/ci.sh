#!/bin/sh
# What every change must pass, and the package that comes of it. Needs the packages cmake, ninja-build, g++,
# libgtest-dev and mortise-sdk.
set -eu
cd "$(dirname "$0")"
cmake --workflow --preset release
mortise-sdk pack . -o build/com.example.my-plugin.mortise
mortise-sdk check build/com.example.my-plugin.mortise
