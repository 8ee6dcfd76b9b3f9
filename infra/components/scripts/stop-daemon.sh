# Stops UNIT for good.
systemctl disable -q --now "$UNIT" || true
systemctl reset-failed "$UNIT" 2> /dev/null || true
rm -f "/var/lib/smartstack/applied/$UNIT" "/var/lib/smartstack/applied/$UNIT.registered"
