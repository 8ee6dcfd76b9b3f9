# Starts a member of the ensemble that does not run, on RELEASE. A running one is left to roll-member.sh,
# but for one that has something else than it shall, and has not served for PATIENCE seconds: it would
# wait for the whole quorum there, which waits for it. LEVEL, of its TLS with other members
# (zookeeper-compose-config): where one starts that never ran; empty where the catalog says nothing of
# it. Standard input lists what it runs on. After switch-release.sh.
key=$(sha256sum | cut -c 1-64)
data=/var/lib/zookeeper/data
conf=/var/lib/zookeeper/conf
if [ ! -e "$data/myid" ]; then
  install -d -o smartstack -g smartstack /var/lib/zookeeper "$data"
  install -m 0644 /etc/zookeeper/myid "$data/myid"
elif ! cmp -s /etc/zookeeper/myid "$data/myid"; then
  echo "this member's data belong to id $(cat "$data/myid"), not $(cat /etc/zookeeper/myid):" \
    'put the id back, or use a new host' >&2
  exit 1
fi
if [ ! -e "$conf/zoo.cfg" ] && [ "${LEVEL:-0}" != 0 ]; then
  install -d -o smartstack -g smartstack "$conf"
  echo "$LEVEL" > "$conf/quorum-tls"
fi
level=$(cat "$conf/quorum-tls" 2> /dev/null || echo 0)
if [ -z "$LEVEL" ] && [ "$level" != 0 ]; then
  echo 'this member speaks TLS with the others, and the catalog no longer tells of it:' \
    'turn it off with ensemble: { tls: false }, then run the same command again' >&2
  exit 1
fi
[ "$level" = 0 ] || key="$key $level"
systemctl daemon-reload
systemctl enable -q zookeeper
applied=/var/lib/smartstack/applied/zookeeper
install -d "${applied%/*}"
serves() { "$RELEASE/bin/zkServer.sh" status 2> /dev/null | grep -q '^Mode: '; }
is_stuck() {
  [ "$(cat "$applied" 2> /dev/null)" != "$key" ] || [ "$(readlink "$CURRENT")" != "$RELEASE" ] || return 1
  while [ "$SECONDS" -lt "$PATIENCE" ]; do
    if serves; then return 1; fi
    sleep 1
  done
}
if systemctl is-active -q zookeeper && is_stuck; then systemctl stop zookeeper; fi
if ! systemctl is-active -q zookeeper; then
  switch_to "$RELEASE"
  # One that joins cannot start before those that serve can be reached.
  until systemctl start zookeeper 2> /dev/null; do
    if [ "$SECONDS" -ge 30 ]; then
      journalctl -u zookeeper -n 15 --no-pager -o cat >&2
      echo 'this member of the ensemble did not start; its last words stand above' >&2
      exit 1
    fi
    sleep 1
  done
  echo "$key" > "$applied"
fi
