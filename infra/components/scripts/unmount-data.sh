# Undoes mount-data.sh. FOLDER, UNIT. What is on the volume stays there.
awk -v folder="$FOLDER" '$2 != folder' /etc/fstab > /etc/fstab.new
sync /etc/fstab.new
mv /etc/fstab.new /etc/fstab
rm -f "/etc/systemd/system/$UNIT.d/data.conf"
rmdir --ignore-fail-on-non-empty "/etc/systemd/system/$UNIT.d"
[ ! -d /run/systemd/system ] || systemctl daemon-reload
if mountpoint -q "$FOLDER"; then
  umount "$FOLDER"
fi
rmdir --ignore-fail-on-non-empty "$FOLDER"
