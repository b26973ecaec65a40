#!/usr/bin/env bash
# What this tree does to programs written for the last release:
#   - the last release's tests must compile against this tree's code. Only those in
#     packages of their own (package x_test): they see what a program sees.
#   - the changes of the exported surface are listed. From 1.0 on, one that breaks
#     programs is a failure; before, semantic versioning allows it. An additional
#     method of an interface breaks the programs that implement it.
# Without a release tag there is nothing to compare with.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The commit of a release is compared with the release before, unless files were changed since.
not=()
if test -z "$(git status --porcelain)"; then
  while IFS= read -r t; do not+=(--exclude "$t"); done < <(git tag --points-at HEAD)
fi
tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' "${not[@]}" 2>/dev/null) || {
  echo "compat: no release tag yet, nothing to compare with"
  exit 0
}
module=$(go list -m)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
old=$work/old new=$work/new
mkdir "$old" "$new"
git archive "$tag" | tar -xf - -C "$old"
git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' f; do test -f "$f" && printf '%s\0' "$f"; done |
  tar --null -T - -cf - | tar -xf - -C "$new"

# tests prints the files of external tests in public packages, relative to $1.
tests() {
  (cd "$1" && go list -f '{{$p := .}}{{if ne .Name "main"}}{{range .XTestGoFiles}}{{$p.ImportPath}}/{{.}}{{"\n"}}{{end}}{{end}}' ./...) |
    sed -n -e '\#/internal/#d' -e "s#^$module/##p"
}

tests "$new" | while IFS= read -r f; do rm "$new/$f"; done
tests "$old" >"$work/tests"
while IFS= read -r f; do
  dir=$(dirname "$f")
  mkdir -p "$new/$dir"
  cp "$old/$f" "$new/$f"
  if test -d "$old/$dir/testdata"; then cp -R "$old/$dir/testdata" "$new/$dir/"; fi
done <"$work/tests"

failed=0
echo "compat: $(wc -l <"$work/tests" | tr -d ' ') test files of $tag against this tree"
sed -e 's#/[^/]*$##' -e '/\.go$/s#.*#.#' -e '/^[^.]/s#^#./#' "$work/tests" | sort -u >"$work/packages"
if test -s "$work/packages"; then
  (cd "$new" && xargs go vet <"$work/packages") || failed=1
fi

apidiff=$(go -C internal/specsync tool -n apidiff) # built, and kept in the build cache
# surface runs apidiff in $1. What it says beside its result matters only when it fails.
surface() {
  dir=$1
  shift
  (cd "$dir" && "$apidiff" -m "$@") 2>"$work/said" || {
    grep -v '^Ignoring internal package' "$work/said" >&2 || true
    echo "compat: the exported surface of $dir cannot be read; does every package compile?" >&2
    exit 1
  }
}
surface "$old" -w "$work/old.export" "$module"
surface "$new" "$work/old.export" "$module" >"$work/all"
# apidiff counts the value of a constant; that of the version changes with every release.
grep -v '^- \./wrapper\.Version: value changed' "$work/all" >"$work/changes" || true
echo "compat: changes of the exported surface since $tag"
cat "$work/changes"
breaking=$(sed -n '/^Incompatible changes/,/^Compatible changes/p' "$work/changes" | grep -c '^- ') || true
if ((breaking > 0)); then
  echo "compat: $breaking of them break programs"
  case $tag in v0.*) ;; *) failed=1 ;; esac
fi
exit $failed
