# Sourced by the programs beside it. What can be set from outside:
#   ZOOCFGDIR            folder of the composed zoo.cfg   (/var/lib/zookeeper/conf)
#   ZOOETCDIR            folder of the static zoo.cfg     (/etc/zookeeper)
#   ZOOTLSDIR            folder of member.pem and ensemble.pem, for TLS   ($ZOOETCDIR/tls)
#   ZK_SERVER_HEAP       server's heap in MB              (a quarter of the memory)
#   ZK_CLIENT_HEAP       client's heap in MB              (64)
#   SERVER_JVMFLAGS, CLIENT_JVMFLAGS, JVMFLAGS, JAVA_HOME as in the Apache distribution
#   ZOO_LOG_LEVEL        TRACE, DEBUG, INFO, WARN, ERROR  (INFO; WARN for zkCli.sh)

ZOOCFGDIR="${ZOOCFGDIR:-/var/lib/zookeeper/conf}"
ZOOETCDIR="${ZOOETCDIR:-/etc/zookeeper}"
ZOOTLSDIR="${ZOOTLSDIR:-$ZOOETCDIR/tls}"
ZOOCFG="${ZOOCFG:-zoo.cfg}"

release=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
CLASSPATH="$release/conf:$release/lib/*"

if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
  JAVA="$JAVA_HOME/bin/java"
elif ! JAVA=$(command -v java); then
  echo "java was not found: install a Java runtime (apt-get install default-jre-headless)" >&2
  exit 127
fi

# config_value KEY FILE: the last `KEY=value` of a properties file, or nothing.
config_value() {
  sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$2" 2>/dev/null |
    sed 's/[[:space:]]*$//' | tail -n 1
}

# client_endpoint CONFIG: prints `host port` of this member's client port, wherever it is set:
# clientPort in the static part, or behind the `;` of server.<myid> in the dynamic one.
client_endpoint() {
  local config=$1 port address dynamic id spec
  port=$(config_value clientPort "$config")
  address=$(config_value clientPortAddress "$config")
  if [ -z "$port" ]; then
    dynamic=$(config_value dynamicConfigFile "$config")
    id=$(cat "$(config_value dataDir "$config")/myid" 2>/dev/null) || return 1
    spec=$(config_value "server\\.$id" "$config")
    [ -n "$spec" ] || spec=$(config_value "server\\.$id" "$dynamic")
    case "$spec" in *';'*) spec=${spec##*;} ;; *) return 1 ;; esac
    port=${spec##*:}
    case "$spec" in *:*) address=${spec%:*} ;; esac
  fi
  case "$address" in '' | 0.0.0.0 | '[::]') address=127.0.0.1 ;; esac
  echo "${address//[][]/} $port"
}
