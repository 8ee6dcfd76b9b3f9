# Takes away what is ours on a host that stays. FOLDERS of one role; what the roles share goes with
# the last of them. Packages stay.
rm -rf $FOLDERS
if [ -e /etc/systemd/system/zookeeper.service ] || [ -e /etc/systemd/system/nerve.service ]; then
  exit 0
fi
rm -rf /var/lib/smartstack /var/cache/smartstack
if id smartstack > /dev/null 2>&1; then
  userdel smartstack
fi
