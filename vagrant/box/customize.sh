#!/bin/bash
# Turns a fresh Debian root into the golden box. mmdebstrap runs it as root with the root as $1.
#   ZOOKEEPER_ARCHIVE, ZOOKEEPER_HASH   the release to bake in
#   INSECURE_KEY                        Vagrant's well-known public key, gone after the first steps
set -euo pipefail
root=$1

in_root() { chroot "$root" "$@"; }

# Vagrant logs in as this user, and becomes root without a password.
in_root useradd --create-home --shell /bin/bash --uid 1000 vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/vagrant"
chmod 0440 "$root/etc/sudoers.d/vagrant"
install -d -m 0700 -o 1000 -g 1000 "$root/home/vagrant/.ssh"
install -m 0600 -o 1000 -g 1000 "$INSECURE_KEY" "$root/home/vagrant/.ssh/authorized_keys"

# Host keys are made by each machine, at its first boot; one kind is enough, and quick.
rm -f "$root"/etc/ssh/ssh_host_*
cat >"$root/etc/ssh/sshd_config.d/smartstack.conf" <<'EOF'
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
# Provisioning opens several sessions at once.
MaxSessions 64
MaxStartups 64
EOF
install -d "$root/etc/systemd/system/ssh.service.d"
cat >"$root/etc/systemd/system/ssh.service.d/host-key.conf" <<'EOF'
[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c 'test -s /etc/ssh/ssh_host_ed25519_key || ssh-keygen -q -t ed25519 -N "" -C "" -f /etc/ssh/ssh_host_ed25519_key'
ExecStartPre=/usr/sbin/sshd -t
EOF

install -d "$root/opt/zookeeper/releases/$ZOOKEEPER_HASH"
tar -xzf "$ZOOKEEPER_ARCHIVE" --no-same-owner -C "$root/opt/zookeeper/releases/$ZOOKEEPER_HASH"

# Nothing that wakes up by itself, and nothing that a container has no use for.
in_root systemctl mask -q apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  e2scrub_all.timer e2scrub_reap.service fstrim.timer systemd-udevd.service \
  systemd-udev-trigger.service getty@tty1.service console-getty.service \
  systemd-networkd-wait-online.service nftables.service
in_root systemctl set-default -q multi-user.target

printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
: >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"
echo smartstack >"$root/etc/hostname"
rm -rf "$root"/usr/share/{doc,man,locale,info,lintian,bug}/* "$root"/var/cache/{apt,debconf/*-old} \
  "$root"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt \
  "$root"/usr/lib/jvm/*/man "$root"/usr/lib/systemd/catalog "$root"/usr/lib/udev/hwdb.*
# Some packages' scripts want the folder that the excluded pages would be in.
install -d "$root/usr/share/man/man1" "$root/var/cache/apt/archives/partial" \
  "$root/var/lib/apt/lists/partial"
