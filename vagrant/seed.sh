#!/bin/bash
# First steps on a new machine, whatever its provider; idempotent.
#   HOST_NAME, ADDRESS     what it is called, and the address that the others know it by
#   AUTHORIZED_KEY         the stack's public key; Vagrant's insecure one goes
#   NAME_SERVERS           for /etc/resolv.conf where the machine has none of its own; may be empty
set -euo pipefail

# Vagrant's own way fails on systems without a host name service.
echo "$HOST_NAME" >/etc/hostname
hostname "$HOST_NAME"
# Without its own name in there, sudo and java ask a name server first, and wait for it.
sed -i -e '/^127\.0\.1\.1[[:space:]]/d' -e "/[[:space:]]$HOST_NAME\$/d" /etc/hosts
echo "$ADDRESS $HOST_NAME" >>/etc/hosts

if [ -n "$NAME_SERVERS" ] && [ ! -s /etc/resolv.conf ]; then
  # shellcheck disable=SC2086  # several words, one line each
  printf 'nameserver %s\n' $NAME_SERVERS >/etc/resolv.conf
fi

home=$(getent passwd vagrant | cut -d: -f6)
printf '%s\n' "$AUTHORIZED_KEY" >"$home/.ssh/authorized_keys.new"
chown vagrant: "$home/.ssh/authorized_keys.new"
chmod 0600 "$home/.ssh/authorized_keys.new"
mv "$home/.ssh/authorized_keys.new" "$home/.ssh/authorized_keys"

echo "host key: $(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)"
