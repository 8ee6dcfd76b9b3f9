#!/usr/bin/env bash
# The server's control program, with the commands of the Apache distribution. systemd owns the
# process: start, stop and restart go through zookeeper.service.
set -u
. "$(dirname "$(readlink -f "$0")")/zkEnv.sh"
. "$(dirname "$(readlink -f "$0")")/zkEnsemble.sh"

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

# Who knows the password in this file may change the members, through this member. The command line,
# which everybody may read, holds its digest: base64(sha1(user:password)).
super=()
if [ -r "$ZOOCFGDIR/super" ]; then
  digest=$(printf 'super:%s' "$(<"$ZOOCFGDIR/super")" | sha1sum | cut -c 1-40)
  # shellcheck disable=SC2059
  digest=$(printf "$(sed 's/../\\x&/g' <<<"$digest")" | base64)
  super=("-Dzookeeper.DigestAuthenticationProvider.superDigest=super:$digest")
fi

heap=-XX:MaxRAMPercentage=25
[ -z "${ZK_SERVER_HEAP:-}" ] || heap=-Xmx${ZK_SERVER_HEAP}m

# Flags hold several words: they are meant to be split.
# shellcheck disable=SC2206
server=("$JAVA" "$heap" -XX:+ExitOnOutOfMemoryError
  "-Dzookeeper.log.level=${ZOO_LOG_LEVEL:-INFO}" -cp "$CLASSPATH"
  "${super[@]}" ${SERVER_JVMFLAGS:-} ${JVMFLAGS:-}
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$config")

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
