# After UNIT, a service, was started anew: waits until it is registered again, if it was before (see
# was-registered.sh), however many runs ago. Hosts whose turn comes later are touched only then.
if [ -e "$mark" ]; then
  deadline=$((SECONDS + 60))
  until registered; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      journalctl -u "$UNIT" -n 15 --no-pager -o cat >&2
      echo "$UNIT is not registered again after 60 s; its last words stand above. It stays as it was on" \
        'hosts that had no turn yet.' >&2
      exit 1
    fi
    sleep 0.1
  done
  rm "$mark"
fi
