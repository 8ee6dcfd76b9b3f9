# Before the machine of another member of the ensemble is stopped or thrown away: waits until the
# others, of which this is one, are a quorum that is whole (law 9). MEMBER, its id. One that is not set
# up yet has no say: the stack is standing up.
systemctl is-enabled -q zookeeper 2> /dev/null || exit 0
if ! /opt/zookeeper/current/bin/zookeeper-await-whole "$MEMBER"; then
  echo "The machine of member $MEMBER was left as it is. Bring the missing members back, then run the" \
    'same command again.' >&2
  exit 1
fi
