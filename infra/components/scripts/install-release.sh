# Unpacks archives into RELEASES/HASH, whole or not at all. ARCHIVES (in /var/cache/smartstack).
# CURRENT points there where it points nowhere yet; else that waits for the host's turn. The release
# in use stays, to go back to; older ones go, but the last five archives of each kind: of an `up` that
# failed Pulumi remembers for long what it has copied, and does not do so again. After switch-release.sh.
release=$RELEASES/$HASH
if [ ! -d "$release" ]; then
  new=$(mktemp -d "$RELEASES/.new.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  for archive in $ARCHIVES; do
    tar -x -z --no-same-owner -C "$new" -f "/var/cache/smartstack/$archive"
  done
  chmod 0755 "$new"
  sync -f "$new"
  mv -T "$new" "$release"
fi
before=$(readlink "$CURRENT" || true)
[ -n "$before" ] || switch_to "$release"
for old in "$RELEASES"/*; do
  [ "$old" = "$release" ] || [ "$old" = "$before" ] || rm -rf "$old"
done
for archive in $ARCHIVES; do
  touch -c "/var/cache/smartstack/$archive"
  find /var/cache/smartstack -maxdepth 1 -name "${archive%-*}-*" -printf '%T@ %p\n' |
    sort -rn | tail -n +6 | cut -d ' ' -f 2 | xargs -r rm -f
done
