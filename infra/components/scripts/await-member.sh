# After its machine was stopped and started: waits until a member of the ensemble serves again, so
# that the next one is touched only then (law 9). One that is not set up yet is not waited for.
# Standard input tells what machine it is: another one is waited for anew.
systemctl is-enabled -q zookeeper 2> /dev/null || exit 0
deadline=$((SECONDS + 180))
serves() {
  local answer
  answer=$(timeout 2 bash -c \
    "exec 3<> /dev/tcp/127.0.0.1/2181 && echo -n srvr >&3 && cat <&3" 2> /dev/null || true)
  [[ $answer =~ Mode:\ (leader|follower|standalone) ]]
}
until serves; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    journalctl -u zookeeper -n 15 --no-pager -o cat >&2
    echo 'ZooKeeper does not serve on this member, whose last words stand above:' \
      'no other was touched. Mend it, then run the same command again.' >&2
    exit 1
  fi
  sleep 1
done
