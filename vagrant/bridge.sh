#!/bin/bash
# The containers' own network on this computer: a bridge, and a way out. Run as root.
#   bridge.sh start NAME ADDRESS/PREFIX    does nothing where it is there
#   bridge.sh stop NAME                    does nothing where it is gone; refuses while it is in use
# It is ours from start to end: lxc-net's bridge, Docker's and other people's stay as they are.
set -euo pipefail
action=$1 bridge=$2
forwarding=/proc/sys/net/ipv4/ip_forward
# Gone with a restart of the computer, as the bridge is.
note=/run/$bridge.forwarding

start() {
  local address=$1 taken
  if [ ! -e "/sys/class/net/$bridge" ]; then
    taken=$(ip -4 -oneline address show to "$address" | cut -d' ' -f2)
    if [ -n "$taken" ]; then
      echo "the network of $address is in use here, by $taken: run \`npm run down\`," \
        'set smartstack:vagrantSubnet to a free one (such as 10.200.1), and run it again' >&2
      exit 1
    fi
    # A bridge without an address of its own changes it as containers come and go.
    ip link add "$bridge" address "02:$(printf %s "$bridge" | md5sum | sed 's/../&:/g' | cut -c1-14)" \
      type bridge
    ip address add "$address" dev "$bridge"
  fi
  ip link set "$bridge" up
  if [ "$(cat "$forwarding")" = 0 ]; then
    echo 1 >"$forwarding"
    touch "$note"
  fi
  nft -f - <<EOF
add table ip $bridge
flush table ip $bridge
table ip $bridge {
  chain postrouting {
    type nat hook postrouting priority 100;
    ip saddr $address ip daddr != $address masquerade
  }
}
EOF
  docker_rules add
}

stop() {
  if compgen -G "/sys/class/net/$bridge/brif/*" >/dev/null; then
    echo "$bridge stays: machines are attached to it ($(ls "/sys/class/net/$bridge/brif"))" >&2
    exit 1
  fi
  docker_rules remove
  nft "add table ip $bridge; delete table ip $bridge"
  [ ! -e "/sys/class/net/$bridge" ] || ip link delete "$bridge"
  if [ -e "$note" ] && ! compgen -G '/sys/class/net/*/bridge' >/dev/null; then
    echo 0 >"$forwarding"
  fi
  rm -f "$note"
}

# Docker drops what it does not know, bridged packets included; this chain is where one asks it not to.
docker_rules() {
  command -v iptables >/dev/null && iptables -w -n -L DOCKER-USER >/dev/null 2>&1 || return 0
  local direction rule
  for direction in -i -o; do
    rule=("$direction" "$bridge" -j ACCEPT)
    if iptables -w -C DOCKER-USER "${rule[@]}" 2>/dev/null; then
      [ "$1" = add ] || iptables -w -D DOCKER-USER "${rule[@]}"
    else
      [ "$1" = remove ] || iptables -w -I DOCKER-USER "${rule[@]}"
    fi
  done
}

case "$action" in
  start) start "$3" ;;
  stop) stop ;;
  *) echo "usage: $0 start NAME ADDRESS/PREFIX | stop NAME" >&2 && exit 2 ;;
esac
