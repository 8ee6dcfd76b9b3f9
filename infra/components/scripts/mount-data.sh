# Mounts a volume of EBS at FOLDER, now and at every boot; UNIT does not start without it.
# DISKS is where udev names disks by their ids. Standard input: the volume's id, `vol-…`; and
# whatever else shall have this done again, its size for one.
read -r volume _
disk=$DISKS/nvme-Amazon_Elastic_Block_Store_${volume/-/}
deadline=$((SECONDS + 120))
until [ -b "$disk" ]; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "there is no disk $disk: $volume is not attached" >&2
    exit 1
  fi
  sleep 1
done

kind=$(blkid -p -s TYPE -o value "$disk" || true)
if [ -z "$kind" ]; then
  # What nobody has written yet reads as zeros. Anything else is somebody's.
  if ! cmp -s -n 1048576 "$disk" /dev/zero; then
    echo "$volume holds something that is no file system; it was left as it is" >&2
    exit 1
  fi
  mkfs.ext4 -q "$disk"
elif [ "$kind" != ext4 ]; then
  echo "$volume holds a file system of type $kind, not ext4; it was left as it is" >&2
  exit 1
fi

# A machine boots without the disk, too, so that one can log in and see.
line="UUID=$(blkid -p -s UUID -o value "$disk") $FOLDER ext4 noatime,nofail,x-systemd.device-timeout=90s 0 2"
if ! grep -qxF "$line" /etc/fstab; then
  awk -v folder="$FOLDER" '$2 != folder' /etc/fstab > /etc/fstab.new
  echo "$line" >> /etc/fstab.new
  sync /etc/fstab.new
  mv /etc/fstab.new /etc/fstab
fi
install -d "/etc/systemd/system/$UNIT.d"
printf '[Unit]\nRequiresMountsFor=%s\n' "$FOLDER" > "/etc/systemd/system/$UNIT.d/data.conf"
[ ! -d /run/systemd/system ] || systemctl daemon-reload

if ! mountpoint -q "$FOLDER"; then
  install -d "$FOLDER"
  if [ -n "$(ls -A "$FOLDER")" ]; then
    echo "$FOLDER holds files that the volume would hide; move them away first" >&2
    exit 1
  fi
  mount "$FOLDER"
fi
# A volume grows while it is in use; its file system grows after it.
if ! output=$(resize2fs "$disk" 2>&1); then
  echo "$output" >&2
  echo "the file system on $volume could not be grown; resize2fs's words stand above" >&2
  exit 1
fi
