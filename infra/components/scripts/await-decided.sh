# After nerve was told of something: gives it five seconds to check what is new to it and to register
# it. Whoever waits for this host's turn to end, waits for that; a service that is down holds up nobody.
deadline=$((SECONDS + 5))
until curl -fs -m 2 127.0.0.1:3211/health | grep -Eq '"undecided": ?0' &&
  curl -fs -m 2 -o /dev/null 127.0.0.1:3211/ready; do
  [ "$SECONDS" -lt "$deadline" ] || break
  sleep 0.1
done
