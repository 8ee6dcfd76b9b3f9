# Restarts this member of the ensemble, on RELEASE, if it runs on an older one or configuration, and
# only while the quorum is whole (law 9). PASS: "followers" leaves the leader alone, "leader" comes after
# and takes the rest. Standard input lists what the member runs on. After switch-release.sh.
key=$(sha256sum | cut -c 1-64)
programs=$CURRENT/bin
await_whole() {
  if ! "$programs/zookeeper-await-whole"; then
    echo "$1 Bring the missing members back, then run the same command again." >&2
    exit 1
  fi
}

applied=/var/lib/smartstack/applied/zookeeper
await_whole 'No member was restarted.'
[ "$(cat "$applied" 2> /dev/null)" != "$key" ] || exit 0
if [ "$PASS" = followers ] &&
  grep -q 'Mode: leader' <<< "$("$programs/zkServer.sh" status 2> /dev/null)"; then
  exit 0
fi
switch_to "$RELEASE"
systemctl daemon-reload
systemctl restart zookeeper
await_whole 'No further member is restarted.'
echo "$key" > "$applied"
