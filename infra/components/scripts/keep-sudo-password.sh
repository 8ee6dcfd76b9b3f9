# Keeps the program that says the user's password to sudo in FILE, once sudo takes it. Not as root;
# the program comes on standard input.
umask 077
cat > ~/"$FILE.new"
chmod 0700 ~/"$FILE.new"
if ! SUDO_ASKPASS=~/"$FILE.new" sudo -k -A true 2> /dev/null; then
  rm -f ~/"$FILE.new"
  echo "sudo does not take the password of $(id -un), or does not let that user do everything:" \
    'set smartstack:sudoPassword to the right one' >&2
  exit 1
fi
mv ~/"$FILE.new" ~/"$FILE"
