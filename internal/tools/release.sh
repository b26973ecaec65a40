#!/usr/bin/env bash
# Builds what a release consists of into dist/, and checks it; publishes nothing.
#   release.sh             the release of TAG (vX.Y.Z), which HEAD has
#   release.sh --snapshot  the same from any commit
# No module is downloaded while it builds.
set -euo pipefail
cd "$(dirname "$0")/../.."

check=()
if [[ ${1:-} == --snapshot ]]; then
  options=(--snapshot)
  TAG=v$(sed -n 's/^const Version = "\(.*\)"$/\1/p' wrapper/version.go)
else
  options=()
  check=(-tag "${TAG:?set TAG to the tag of this release, or use --snapshot}")
fi
# Without this it may take the tag of a nested module.
export GORELEASER_CURRENT_TAG=$TAG RELEASE_VERSION=${TAG#v}

tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
go -C internal/tools build -o "$tool/release" ./release
"$tool/release" check "${check[@]}"

go mod download
GOPROXY=off bin/goreleaser release "${options[@]}" --clean --skip=publish,sign,sbom,docker

"$tool/release" verify
"$tool/release" image
