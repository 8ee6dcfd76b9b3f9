# Brings a unit to what is installed. UNIT; CHECK, a command that must pass first (may be empty).
# Standard input lists what the unit runs on; a line "restart …" that changed takes a restart,
# anything else a reload, where the unit knows one. What has no such line is restarted only where it
# was never started here: what runs under its name is what its package began, which makes room.
causes=$(sed -n '/^restart /p')
key=$(echo "$causes" | sha256sum | cut -c 1-64)
systemctl daemon-reload
[ -z "$CHECK" ] || timeout 60 $CHECK
systemctl enable -q "$UNIT"
applied=/var/lib/smartstack/applied/$UNIT
if [ ! -e "$applied" ] || ! systemctl is-active -q "$UNIT" \
  || { [ -n "$causes" ] && [ "$(cat "$applied")" != "$key" ]; }; then
  action=restart
elif [ "$(systemctl show -P CanReload "$UNIT")" = yes ]; then
  action=reload
else
  action=start
fi
if ! systemctl "$action" "$UNIT"; then
  journalctl -u "$UNIT" -n 15 --no-pager -o cat >&2
  echo "$UNIT did not $action; its last words stand above" >&2
  exit 1
fi
install -d /var/lib/smartstack/applied
echo "$key" > "$applied"
