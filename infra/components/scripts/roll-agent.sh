# Brings the daemons of this host to RELEASE, a folder that is unpacked already, behind the link
# CURRENT. DAEMONS, their names and ports in the order of their turns: `synapse:3210 …`. One that
# can do less than before it was restarted takes the release before back, and this fails: hosts
# whose turn comes later are not touched. After switch-release.sh.
last=$(readlink "$CURRENT" || true)

# The release that a daemon runs from, whatever the link says meanwhile.
release_of() { # daemon
  local program
  program=$(readlink "/proc/$(systemctl show -P MainPID "$1")/exe" || true)
  echo "${program%/bin/node*}"
}

# A line for each thing that it can do: it answers, all of its parts work, all is told that it knows.
abilities() { # port
  local health
  health=$(curl -fs -m 2 "127.0.0.1:$1/health") || return 0
  echo answers
  if [[ $health =~ '"status":'\ *'"ok"' ]]; then echo ok; fi
  if curl -fs -m 2 -o /dev/null "127.0.0.1:$1/ready"; then echo ready; fi
}

# Waits until one process of it has had these abilities for three seconds.
proves_itself() { # daemon port abilities
  local deadline=$((SECONDS + 45)) since=$SECONDS pid='' now
  while [ "$SECONDS" -lt "$deadline" ]; do
    now=$(systemctl show -P MainPID "$1")
    lacks=$(comm -23 <(echo "$3") <(abilities "$2") | paste -s -d ' ')
    if [ -n "$lacks" ] || [ "$now" != "$pid" ]; then
      since=$SECONDS
      pid=$now
    elif [ "$((SECONDS - since))" -gt 3 ]; then
      return 0
    fi
    sleep 0.2
  done
  return 1
}

running=()
declare -A could
for daemon in $DAEMONS; do
  name=${daemon%:*}
  systemctl is-active -q "$name" || continue
  from=$(release_of "$name")
  [ "$from" != "$RELEASE" ] || continue
  running+=("$daemon")
  [ ! -d "$from" ] || last=$from
  could[$name]=$({ echo answers && abilities "${daemon#*:}"; } | sort -u)
done

# What a daemon reads must be good for both releases (law 5).
for daemon in "${running[@]}"; do
  name=${daemon%:*}
  timeout 60 "$RELEASE/bin/node" "$RELEASE/$name.mjs" --check-config -c "/etc/smartstack/$name.conf.json"
done

take_back() { # daemon
  local daemon name
  journalctl -u "$1" -n 15 --no-pager -o cat >&2
  echo "$1 did not come up well with the new release (it lacks: ${lacks:-a process that stays}); its last words" \
    "stand above." >&2
  switch_to "$last"
  for daemon in "${running[@]}"; do
    name=${daemon%:*}
    [ "$(release_of "$name")" != "$last" ] || continue
    if ! systemctl restart "$name" || ! proves_itself "$name" "${daemon#*:}" "${could[$name]}"; then
      echo "$name is not well with the release before either: see journalctl -u $name" >&2
    fi
  done
  echo "This host is back at the release before, and hosts that had no turn yet stay there. Mend the" \
    "release, or go back to the last commit, then run the same command again." >&2
  exit 1
}

switch_to "$RELEASE"
for daemon in "${running[@]}"; do
  name=${daemon%:*}
  lacks=''
  systemctl restart "$name" || take_back "$name"
  proves_itself "$name" "${daemon#*:}" "${could[$name]}" || take_back "$name"
done
