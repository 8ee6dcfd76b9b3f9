# Before UNIT, a service, is started anew: leaves a mark where nerve has an instance of it registered,
# on PORT. Where the port changes, nerve is told of that later.
mark=/var/lib/smartstack/applied/$UNIT.registered
registered() {
  curl -fs -m 2 "127.0.0.1:3211/services/$UNIT" | grep -Eq '"registered": ?"'
}
if grep -qs "^  \"port\": $PORT,\$" "/etc/smartstack/nerve.d/$UNIT.json" && registered; then
  install -d "$(dirname "$mark")"
  touch "$mark"
fi
