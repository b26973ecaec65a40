#!/usr/bin/env bash
# Runs every fuzz test of every module for a while, one after the other: go test can
# fuzz only one at a time. The tests are asked for, so that a new one is in it.
#   FUZZTIME  how long each of them runs, such as 20s or 1000x
#   FUZZ      only tests whose name has this text
#   ARGS      more arguments for go test, such as -parallel 1
# Go writes an input that fails to testdata/fuzz beside the test. Commit it with the fix.
set -uo pipefail
cd "$(dirname "$0")/../.."
time=${FUZZTIME:-20s} only=${FUZZ:-}
set -f; arguments=(${ARGS:-}); set +f

# Directories with a fuzz test; building the tests of all others would take minutes.
# The growth corpus below testdata is no package of ours.
mapfile -t directories < <(git ls-files -z --cached --others --exclude-standard -- '*_test.go' ':!*/testdata/*' |
  xargs -0 grep -l '^func Fuzz' 2>/dev/null | xargs -n 1 dirname | sort -u)

run=0 failed=()
for directory in "${directories[@]}"; do
  names=$(cd "$directory" && go test -run '^$' -list '^Fuzz' .) || { echo "$names"; failed+=("$directory"); continue; }
  while IFS= read -r name; do
    case $name in Fuzz*"$only"*) ;; *) continue ;; esac
    run=$((run + 1))
    echo "==> $directory $name"
    (cd "$directory" && go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "${arguments[@]}" .) || failed+=("$directory $name")
  done <<<"$names"
done
if ((run == 0)); then
  echo "make fuzz: no fuzz test${only:+ has $only in its name}" >&2
  exit 1
fi
if ((${#failed[@]})); then
  printf 'make fuzz: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "make fuzz: $run fuzz tests ran for $time each, and found nothing"
