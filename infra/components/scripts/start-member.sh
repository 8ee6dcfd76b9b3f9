# Starts a member of the ensemble that does not run. A running one is left to roll-member.sh.
# LEVEL, of its TLS with other members (zookeeper-compose-config): where one starts that never ran;
# empty where the catalog says nothing of it. Standard input lists what it runs on.
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
install -d /var/lib/smartstack/applied
if ! systemctl is-active -q zookeeper; then
  # One that joins cannot start before those that serve can be reached.
  until systemctl start zookeeper 2> /dev/null; do
    if [ "$SECONDS" -ge 30 ]; then
      journalctl -u zookeeper -n 15 --no-pager -o cat >&2
      echo 'this member of the ensemble did not start; its last words stand above' >&2
      exit 1
    fi
    sleep 1
  done
  echo "$key" > /var/lib/smartstack/applied/zookeeper
fi
