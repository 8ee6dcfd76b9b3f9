# Brings the ensemble to the members that standard input lists, as lines of ZooKeeper's dynamic
# configuration: one at a time, and none that could cost the quorum (law 9). With the programs of RELEASE,
# whatever members run on: what is wanted may be new to those before.
if ! "$RELEASE/bin/zookeeper-change-members"; then
  echo 'Once that is mended, run the same command again: it goes on from there.' >&2
  exit 1
fi
