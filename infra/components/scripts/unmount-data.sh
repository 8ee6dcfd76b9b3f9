# Undoes mount-data.sh. FOLDER, UNIT. What is on the volume stays there.
if mountpoint -q "$FOLDER"; then
  umount "$FOLDER"
fi
awk -v folder="$FOLDER" '$2 != folder' /etc/fstab > /etc/fstab.new
sync /etc/fstab.new
mv /etc/fstab.new /etc/fstab
rm -f "/etc/systemd/system/$UNIT.d/data.conf"
for folder in "/etc/systemd/system/$UNIT.d" "$FOLDER"; do
  [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
done
[ ! -d /run/systemd/system ] || systemctl daemon-reload
