# Once the file that registers SERVICE is gone: has nerve take the instance out of the registry, and
# waits until it has, as only then may that be stopped. A nerve that does not run has nothing to do.
if systemctl is-active -q nerve; then
  systemctl reload nerve
  deadline=$((SECONDS + 30))
  until code=$(curl -s -m 2 -o /dev/null -w '%{http_code}' "127.0.0.1:3211/services/$SERVICE") &&
    [ "$code" = 404 ]; do
    if [ "$SECONDS" -lt "$deadline" ]; then
      sleep 0.1
    elif [ "$code" = 200 ]; then
      echo "nerve still has $SERVICE after 30 s, which was not stopped: see journalctl -u nerve. Mend that," \
        'then run the same command again.' >&2
      exit 1
    else
      echo "nerve does not answer: $SERVICE goes without having left the registry before" >&2
      break
    fi
  done
fi
