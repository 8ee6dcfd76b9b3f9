# Restarts this member of the ensemble, on RELEASE, if it runs on an older one or configuration, and
# only while the quorum is whole (law 9). PASS: "followers" leaves the leader alone, "leader" comes after
# and takes the rest. AT_LEAST, AT_MOST: how far its TLS with other members is to go
# (zookeeper-compose-config). Standard input lists what the member runs on, as "restart …", and what came
# before. Prints another word each time: what comes after it is done again. After switch-release.sh.
trap 'date +%s%N' EXIT
key=$(grep '^restart ' | sha256sum | cut -c 1-64)
programs=$RELEASE/bin
# Nothing where it does not serve.
mode() { "$programs/zkServer.sh" status 2> /dev/null | sed -n 's/^Mode: //p' || true; }
await_whole() {
  if ! "$programs/zookeeper-await-whole"; then
    [ -n "$(mode)" ] || journalctl -u zookeeper -n 15 --no-pager -o cat >&2
    echo "$1 Bring the missing members back, then run the same command again." >&2
    exit 1
  fi
}

quorum_tls=/var/lib/zookeeper/conf/quorum-tls
level=$(cat "$quorum_tls" 2> /dev/null || echo 0)
goal=$((level < AT_LEAST ? AT_LEAST : level > AT_MOST ? AT_MOST : level))
[ "$goal" = 0 ] || key="$key $goal"

applied=/var/lib/smartstack/applied/zookeeper
await_whole 'No member was restarted.'
[ "$(cat "$applied" 2> /dev/null)" != "$key" ] || exit 0
if [ "$PASS" = followers ] && [ "$(mode)" = leader ]; then exit 0; fi
if [ "$goal" != "$level" ]; then
  echo "$goal" > "$quorum_tls.new"
  mv "$quorum_tls.new" "$quorum_tls"
fi
switch_to "$RELEASE"
systemctl daemon-reload
systemctl restart zookeeper
await_whole 'No further member is restarted.'
echo "$key" > "$applied"
