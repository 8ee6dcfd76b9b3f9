# After its machine was stopped and started: waits until all that a host of services runs serves again,
# so that the next one is touched only then. One that is not set up yet is not waited for.
# Standard input tells what machine it is: another one is waited for anew.
systemctl is-enabled -q nerve 2> /dev/null || exit 0
deadline=$((SECONDS + 180))

ready() { curl -fs -m 2 -o /dev/null "127.0.0.1:$1/ready"; }

# What is amiss, a line each. Whatever nerve checks shall be up, and told to the registry.
lacks() {
  local health
  health=$(curl -fs -m 2 127.0.0.1:3211/health) || health=''
  systemctl is-active -q haproxy || echo 'HAProxy does not run'
  ready 3210 || echo 'synapse is not ready'
  [[ $health =~ \"status\":\ *\"ok\" ]] && ready 3211 || echo 'nerve is not ready'
  [[ $health =~ \"down\":\ *0 && $health =~ \"undecided\":\ *0 ]] || echo 'not every instance is up'
}

until missing=$(lacks) && [ -z "$missing" ]; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "this host does not serve as it should after 3 minutes: ${missing//$'\n'/, }. No further machine" \
      'was touched. See nerve and synapse there, then run the same command again.' >&2
    exit 1
  fi
  sleep 1
done
