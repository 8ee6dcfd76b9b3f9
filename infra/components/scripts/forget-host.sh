# Takes away what is ours on a host that stays. FOLDERS of one role; what the roles share goes with
# the last of them. Packages stay.
for folder in $FOLDERS; do
  # A disk of its own is left to whoever mounted it, and so is what is on it.
  mountpoint -q "$folder" || rm -rf "$folder"
done
if [ -e /etc/systemd/system/zookeeper.service ] || [ -e /etc/systemd/system/nerve.service ]; then
  exit 0
fi
rm -rf /var/lib/smartstack /var/cache/smartstack
if id smartstack > /dev/null 2>&1; then
  userdel smartstack
fi
