#!/usr/bin/env bash
# ./test --long: what takes hours. Runs every part, whatever becomes of the others, and writes date and results to
# docs/long-test.md. Exits non-zero when a part failed.
#   MORTISE_LONG_PARTS="tsan tidy"   only these parts; the file keeps the earlier results of the others
#   MORTISE_FUZZ_SECONDS=600         time for each fuzz target
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/steps.sh

parts=${MORTISE_LONG_PARTS:-asan tsan tidy fuzz kills power_cuts record_cuts import_kills merges bench}
fuzz_seconds=${MORTISE_FUZZ_SECONDS:-600}
logs=build/long
results=docs/long-test.md
failed=()
mkdir -p "$logs"

# All tests of sdk and host and the lives of plugins, where `.ci/run` leaves out what takes minutes.
asan() {
    build_preset asan -- mortise_sanitized_all
    ctest --preset asan-all --parallel "$jobs"
}

tsan() {
    build_preset tsan -- mortise_sanitized_all
    ctest --preset tsan --parallel "$jobs"
}

tidy() {
    cmake --preset release
    cmake --build build/release --parallel "$jobs" # generated headers must be there
    /usr/bin/python3 tests/checks/check_tidy.py . build/release --all
}

# Fuzzes each target for its time, from its saved corpus; findings are kept in build/fuzz/findings/TARGET.
fuzz() {
    build_preset fuzz -- mortise_fuzzers
    local program name broken=0
    export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-19
    for program in build/fuzz/bin/fuzz/*; do
        name=$(basename "$program")
        mkdir -p "build/fuzz/findings/$name" "build/fuzz/grown/$name" "tests/fuzz/corpus/$name"
        echo "fuzzing $name for $fuzz_seconds s"
        "$program" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
            -artifact_prefix="build/fuzz/findings/$name/" "build/fuzz/grown/$name" "tests/fuzz/corpus/$name" || broken=1
    done
    return $broken
}

# The tests with the label `long`, each by itself: faults at full count (tests/faults/CMakeLists.txt), and what else takes
# long. Each has a time at which it is ended.
at_full_count() {
    build_preset release
    ctest --test-dir build/release --tests-regex "^$1\\.full\$" --output-on-failure --no-tests=error --timeout 14400
}

kills() { at_full_count 'faults\.kill'; }
power_cuts() { at_full_count 'faults\.power_cut'; }
record_cuts() { at_full_count 'faults\.records'; }
import_kills() { at_full_count 'faults\.import'; }
merges() { at_full_count 'host\.merging\.model'; }

# What it measures is no failure: its table tells which goals are missed. For figures that mean something nothing else runs.
bench() {
    build_preset release
    build/release/bin/mortise-bench --full --record "$results"
}

declare -A titles=(
    [asan]="All tests of sdk and host under ASan and UBSan"
    [tsan]="Tests of sdk and host under ThreadSanitizer"
    [tidy]="clang-tidy on every file"
    [fuzz]="Every fuzz target for $fuzz_seconds s"
    [kills]="10,000 times kill -9 under saves"
    [power_cuts]="10,000 power cuts under saves"
    [record_cuts]="10,000 power cuts while records of all kinds change"
    [import_kills]="2,000 times kill -9 in an import"
    [merges]="A million random merges against a model"
    [bench]="Benchmarks at full size"
)

# Puts the result of a part in the place of its earlier one.
record() {
    local part=$1 result=$2 seconds=$3 row
    row="| $part | ${titles[$part]} | $result | $((seconds / 60)) min $((seconds % 60)) s | $(date -u +%Y-%m-%d) | $(git describe --always --dirty 2>/dev/null || echo unknown) |"
    awk -v part="| $part |" -v row="$row" 'index($0, part) == 1 { print row; next } { print }' "$results" >"$results.new"
    mv "$results.new" "$results"
}

step "Install what is missing (tools/packages.txt)"
tools/install_packages.sh long

for part in $parts; do
    step "${titles[$part]} (output: $logs/$part.log)"
    started=$SECONDS
    # A part runs in its own shell, so that `set -e` holds inside it.
    if (set -e; trap - EXIT; "$part") >"$logs/$part.log" 2>&1 & wait $!; then
        record "$part" passed $((SECONDS - started))
    else
        record "$part" FAILED $((SECONDS - started))
        failed+=("$part")
        tail -n 40 "$logs/$part.log"
    fi
done
end_step

if [ ${#failed[@]} -ne 0 ]; then
    echo "FAILED: ${failed[*]}; the results are in $results" >&2
    exit 1
fi
echo "All parts passed; the results are in $results"
