# Waits until a machine that has just started is done with itself: until then cloud-init changes
# where packages come from. Standard input tells what machine it is: another one is waited for anew.
if command -v cloud-init > /dev/null; then
  status=0
  timeout 300 cloud-init status --wait > /dev/null 2>&1 || status=$?
  if [ "$status" = 124 ]; then
    echo 'cloud-init is not done after 5 minutes; see /var/log/cloud-init.log' >&2
    exit 1
  fi
fi
