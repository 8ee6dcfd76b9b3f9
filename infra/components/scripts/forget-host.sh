# Takes away what is ours on a host that stays. FOLDERS of ours; packages stay.
rm -rf $FOLDERS /var/cache/smartstack
if id smartstack > /dev/null 2>&1; then
  userdel smartstack
fi
