# Where HAProxy is there for units of ours alone: the one that its package starts is not needed.
if [ ! -e /etc/systemd/system/haproxy.service ]; then
  systemctl disable -q --now haproxy
fi
