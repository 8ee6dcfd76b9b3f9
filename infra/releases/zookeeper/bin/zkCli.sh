#!/usr/bin/env bash
# ZooKeeper's interactive client. Without -server it talks to the member on this host.
set -u
. "$(dirname "$(readlink -f "$0")")/zkEnv.sh"

case " $* " in
  *' -server '*) server=() ;;
  *)
    endpoint=$(client_endpoint "$ZOOCFGDIR/$ZOOCFG") || endpoint='127.0.0.1 2181'
    case "$endpoint" in *:*) endpoint="[${endpoint/ /] }" ;; esac
    server=(-server "${endpoint/ /:}")
    ;;
esac

# Flags hold several words: they are meant to be split.
# shellcheck disable=SC2086
exec "$JAVA" "-Xmx${ZK_CLIENT_HEAP:-64}m" "-Dzookeeper.log.level=${ZOO_LOG_LEVEL:-WARN}" \
  -Dzookeeper.log.target=System.err -cp "$CLASSPATH" ${CLIENT_JVMFLAGS:-} ${JVMFLAGS:-} \
  org.apache.zookeeper.ZooKeeperMain "${server[@]}" "$@"
