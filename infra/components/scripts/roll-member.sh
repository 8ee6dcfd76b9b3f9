# Restarts this member of the ensemble if it runs on an older configuration, and only while the
# quorum is whole (law 9). MEMBERS, their addresses; PASS: "followers" leaves the leader alone,
# "leader" comes after and takes the rest. Standard input lists what the member runs on.
key=$(sha256sum | cut -c 1-64)
ask() { # address word
  timeout 2 bash -c "exec 3<> '/dev/tcp/$1/2181' && echo -n $2 >&3 && cat <&3" 2> /dev/null || true
}

# One leader, all others synced followers. Says what is missing.
whole() {
  local leaders=0 followers=0 synced=0 member answer
  for member in $MEMBERS; do
    answer=$(ask "$member" mntr)
    case "$answer" in
      *"zk_server_state	leader"*)
        leaders=$((leaders + 1))
        synced=$(sed -n 's/^zk_synced_followers\t\([0-9]*\).*/\1/p' <<< "$answer")
        ;;
      *"zk_server_state	follower"*) followers=$((followers + 1)) ;;
      *) silent="$member does not answer" ;;
    esac
  done
  state="$leaders leader, $followers followers, ${synced:-0} synced"
  [ "$leaders" = 1 ] && [ "$((followers + 1))" = "$(wc -w <<< "$MEMBERS")" ] &&
    [ "${synced:-0}" = "$followers" ]
}

wait_until_whole() {
  local deadline=$((SECONDS + 90)) silent='' state=''
  until whole; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "the ensemble is not whole ($state${silent:+; $silent}): no member was restarted." >&2
      echo 'Bring the missing members back, then run the same command again.' >&2
      exit 1
    fi
    sleep 0.3
  done
}

applied=/var/lib/smartstack/applied/zookeeper
wait_until_whole
[ "$(cat "$applied" 2> /dev/null)" != "$key" ] || exit 0
if [ "$PASS" = followers ] && ask 127.0.0.1 srvr | grep -q 'Mode: leader'; then
  exit 0
fi
systemctl daemon-reload
systemctl restart zookeeper
wait_until_whole
echo "$key" > "$applied"
