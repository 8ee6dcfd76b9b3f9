#!/bin/bash
# Builds the golden box: Debian 12, small, with everything that the environment needs.
#   build.sh OUTPUT.box        as root; environment: ZOOKEEPER_ARCHIVE, ZOOKEEPER_HASH
set -euo pipefail
umask 022
here=$(dirname "$(readlink -f "$0")")
output=$(readlink -m "$1")
work=$(mktemp -d "$output.making.XXXXXX")
trap 'rm -rf "$work"' EXIT

export TMPDIR=$work INSECURE_KEY=$here/insecure-key.pub
chmod 0755 "$work"

packages=$(sed -e '/^#/d' "$here/packages.txt" | paste -sd,)
excluded=(man doc locale info lintian)
exclude=("${excluded[@]/#/--dpkgopt=path-exclude=/usr/share/}")

mmdebstrap --quiet --variant=minbase --include="$packages" \
  "${exclude[@]/%//*}" --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' \
  --essential-hook='mkdir -p "$1/usr/share/man/man1"' \
  --customize-hook="'$here/customize.sh' \"\$1\"" \
  bookworm "$work/root.tar"

# vagrant-lxc wants a compressed tar of that name; the least compression unpacks no slower.
gzip -1 <"$work/root.tar" >"$work/rootfs.tar.gz"
cp "$here/lxc-config" "$here/lxc-template" "$here/metadata.json" "$work"
chmod 0755 "$work/lxc-template"
tar -C "$work" -cf "$work/box" metadata.json lxc-config lxc-template rootfs.tar.gz
mv "$work/box" "$output"
