# Makes a bare host ready. PACKAGES that it needs, FOLDERS of ours, ARCH as `uname -m` says it.
. /etc/os-release
case "$ID $VERSION_ID" in
  'debian 12' | 'ubuntu 22.04' | 'ubuntu 24.04') ;;
  *)
    echo "this host runs ${PRETTY_NAME:-an unknown system}; use Debian 12, Ubuntu 22.04 or 24.04" >&2
    exit 1
    ;;
esac
if [ "$(uname -m)" != "$ARCH" ]; then
  echo "this host is $(uname -m), the stack's configuration says $ARCH; correct its arch there" >&2
  exit 1
fi

# Two roles on one host get here at the same time.
exec 9> /var/lock/smartstack-prepare
flock 9

# Runs apt-get; waits up to five minutes for whoever else uses it. Its own option for that knows
# dpkg's lock alone, not that of the package lists. Its words are understood in English.
apt() {
  local output deadline=$((SECONDS + 300))
  until output=$(LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" 2>&1); do
    if [[ $output != *'Could not get lock'* || $SECONDS -ge $deadline ]]; then
      echo "$output" >&2
      echo "apt-get $1 failed; its last words stand above" >&2
      exit 1
    fi
    sleep 2
  done
}

missing=()
for package in $PACKAGES; do
  dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q 'ok installed' ||
    missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  apt update
  apt install -y --no-install-recommends "${missing[@]}"
fi

id smartstack > /dev/null 2>&1 ||
  useradd --system --home-dir /var/lib/smartstack --shell /usr/sbin/nologin smartstack
for folder in $FOLDERS /var/lib/smartstack; do
  install -d -m 0755 "$folder"
done
# Uploads arrive as the user that came over ssh.
install -d -m 0755 -o "${SUDO_USER:-root}" /var/cache/smartstack
