#!/usr/bin/env bash
# What the contract, as published and as repaired, breaks compared with a git
# revision: breaking.sh origin/main
set -euo pipefail
cd "$(dirname "$0")/../.."
# A revision, not an option of git show.
base=$(git rev-parse --verify --quiet --end-of-options "${1:?give a revision to compare with}^{commit}") || {
  echo "breaking: $1 is no revision of this repository" >&2
  exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
for document in openapi.json api/openapi.effective.json; do
  echo "breaking: $document against $1"
  git show "$base:$document" >"$work/base.json"
  go tool -modfile=internal/oasdiff/go.mod oasdiff breaking --fail-on=ERR --allow-external-refs=false \
    "$work/base.json" "$document" || failed=1
done
exit $failed
