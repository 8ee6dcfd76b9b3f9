# After synapse was told of something: waits until it has read that, and fails where it was refused.
# What synapse reads after this shell began is what is installed.
began=$(($(date +%s) - SECONDS))
deadline=$((SECONDS + 30))

has_read() {
  local read='"config_read": *"([^"]+)"'
  health=$(curl -fs -m 2 127.0.0.1:3210/health) || return 1
  [[ $health =~ $read ]] || return 1
  [ "$(date -d "${BASH_REMATCH[1]}" +%s)" -ge "$began" ]
}

until has_read; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    journalctl -u synapse -n 15 --no-pager -o cat >&2
    echo 'synapse does not say that it took what is new; its last words stand above' >&2
    exit 1
  fi
  sleep 0.1
done
if ! grep -Eq '"problems": ?0\b' <<< "$health"; then
  journalctl -u synapse -n 15 --no-pager -o cat >&2
  echo 'synapse refused what is new, and goes on with what it had; its last words stand above' >&2
  exit 1
fi
