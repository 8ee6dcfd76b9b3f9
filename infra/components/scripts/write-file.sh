# Writes standard input, short of its last line END, to a file, atomically. FILE, MODE, OWNER, END.
# Without that last line the input was cut off on its way. Prints when the file changed last.
folder=$(dirname "$FILE")
install -d -m 0755 "$folder"
new=$(mktemp "$folder/.smartstack.XXXXXX")
trap 'rm -f "$new"' EXIT
cat > "$new"
if [ "$(tail -n 1 "$new")" != "$END" ]; then
  echo "$FILE did not arrive whole; the file there is unchanged. Run the same command again." >&2
  exit 1
fi
truncate -s "-$((${#END} + 2))" "$new"
chmod "$MODE" "$new"
chown "$OWNER:$OWNER" "$new"
if cmp -s "$new" "$FILE"; then touch -r "$FILE" "$new"; fi
sync "$new"
mv -f "$new" "$FILE"
sync "$folder"
stat -c %.Y "$FILE"
