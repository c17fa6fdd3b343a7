#!/usr/bin/env bash
# Formats all C and C++ files of the project in place, as the check `format` wants them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
git ls-files -z --cached --others --exclude-standard -- '*.c' '*.h' '*.cpp' '*.hpp' |
    xargs -0 -r -P "${MORTISE_JOBS:-$(nproc)}" -n 40 clang-format-19 -i
git status --short -- '*.c' '*.h' '*.cpp' '*.hpp'
