# Shared by run, test and .ci/run: named, timed steps, and a clear last line when one fails. To be sourced.
# shellcheck shell=bash
set -euo pipefail

jobs=${MORTISE_JOBS:-$(nproc)}
step_count=0
step_name=""
step_start=$SECONDS

# Begins a step: says what it does and how long the step before it took.
step() {
    end_step
    step_count=$((step_count + 1))
    step_name=$1
    step_start=$SECONDS
    echo "== $step_count. $step_name"
}

# Ends the running step; without effect when there is none.
end_step() {
    [ -z "$step_name" ] || echo "   done in $((SECONDS - step_start)) s"
    step_name=""
}

on_exit() {
    local status=$?
    if [ $status -ne 0 ] && [ -n "$step_name" ]; then
        echo "FAILED after $((SECONDS - step_start)) s (exit $status): $step_name" >&2
    fi
}
trap on_exit EXIT

# Configures and builds a preset: build_preset PRESET [CMAKE-ARGUMENT...] [-- TARGET...]. On a terminal it shows ninja's
# progress; otherwise it speaks only when something is wrong.
build_preset() {
    local preset=$1 log arguments=() quiet=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do arguments+=("$1"); shift; done
    [ $# -eq 0 ] || shift
    [ -t 1 ] || quiet=(-- --quiet)
    mkdir -p "build/$preset"
    log=build/$preset/configure.log
    if ! cmake --preset "$preset" "${arguments[@]}" >"$log" 2>&1; then
        cat "$log" >&2
        return 1
    fi
    cmake --build "build/$preset" --parallel "$jobs" ${1:+--target "$@"} "${quiet[@]}"
}

# Runs all tests of a preset. Of at most three that failed each is judged by itself, nothing beside it: it must pass three
# times in a row, and is named as unsteady in the output (docs/decisions/0027). More than three are failures at once.
run_tests() {
    local preset=$1 failed=build/$1/Testing/Temporary/LastTestsFailed.log
    local most_unsteady=3
    rm -f "$failed"
    if ctest --preset "$preset" --parallel "$jobs"; then return 0; fi
    [ -s "$failed" ] && [ "$(wc -l <"$failed")" -le $most_unsteady ] || return 8
    local names
    names=$(cut -d: -f2- "$failed" | paste -sd' ')
    step "Run alone, three times each, what failed beside others: $names"
    ctest --preset "$preset" --rerun-failed --repeat until-fail:3 || return 8
    echo "UNSTEADY, to be mended: $names"
}
