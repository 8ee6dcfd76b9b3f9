# Has CURRENT, a link, point to another release, whole or not at all.
switch_to() { # release
  ln -sfn "$1" "$CURRENT.new"
  mv -T "$CURRENT.new" "$CURRENT"
}
