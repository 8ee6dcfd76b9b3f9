# Writes standard input to a file, atomically. FILE, MODE, OWNER, SHA256 of the content.
folder=$(dirname "$FILE")
install -d -m 0755 "$folder"
new=$(mktemp "$folder/.smartstack.XXXXXX")
trap 'rm -f "$new"' EXIT
cat > "$new"
if [ "$(sha256sum < "$new" | cut -c 1-64)" != "$SHA256" ]; then
  echo "$FILE did not arrive whole; the file there is unchanged. Run the same command again." >&2
  exit 1
fi
chmod "$MODE" "$new"
chown "$OWNER:$OWNER" "$new"
sync "$new"
mv -f "$new" "$FILE"
sync "$folder"
