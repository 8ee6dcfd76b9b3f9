#!/usr/bin/env bash
# The server's control program, with the commands of the Apache distribution. systemd owns the
# process: start, stop and restart go through zookeeper.service.
set -u
. "$(dirname "$(readlink -f "$0")")/zkEnv.sh"

usage() {
  echo "Usage: $0 [--config <conf-dir>]" \
    "{start|start-foreground|stop|version|restart|status|print-cmd} [<config file>]" >&2
  exit 2
}

if [ "${1:-}" = --config ]; then
  [ $# -ge 2 ] || usage
  ZOOCFGDIR=$2
  shift 2
fi
command=${1:-}
config=${2:-$ZOOCFG}
case "$config" in /*) ;; *) config="$ZOOCFGDIR/$config" ;; esac

# Flags hold several words: they are meant to be split.
# shellcheck disable=SC2206
server=("$JAVA" "-Xmx${ZK_SERVER_HEAP:-256}m" -XX:+ExitOnOutOfMemoryError
  "-Dzookeeper.log.level=${ZOO_LOG_LEVEL:-INFO}" -cp "$CLASSPATH"
  ${SERVER_JVMFLAGS:-} ${JVMFLAGS:-}
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$config")

# four_letter_word HOST PORT WORD: the server's answer; fails after 5 s without one.
four_letter_word() {
  # shellcheck disable=SC2016
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf %s "$2" >&3 && cat <&3' "$@" 2>/dev/null
}

status() {
  local endpoint host port mode
  echo "Using config: $config" >&2
  if ! endpoint=$(client_endpoint "$config"); then
    echo "No client port found in $config: is this host a member of the ensemble?" >&2
    return 1
  fi
  read -r host port <<<"$endpoint"
  echo "Client port found: $port. Client address: $host. Client SSL: false."
  if ! mode=$(four_letter_word "$host" "$port" srvr | grep '^Mode:'); then
    echo "Error contacting service. It is probably not running."
    return 1
  fi
  echo "$mode"
}

case "$command" in
  start | stop | restart) exec systemctl "$command" zookeeper.service ;;
  start-foreground) exec "${server[@]}" ;;
  print-cmd) printf '%q ' "${server[@]}" && echo ;;
  status) status ;;
  version) exec "$JAVA" -cp "$CLASSPATH" org.apache.zookeeper.version.VersionInfoMain ;;
  *) usage ;;
esac
