# Sourced by the programs beside it: the ensemble as its members tell of it, in four-letter words.
# A member is a line of ZooKeeper's dynamic configuration:
#
#   server.<id>=<address>:<quorum port>:<election port>:<role>;<client address>:<client port>

# four_letter_word HOST PORT WORD: the server's answer; fails after 3 s without one.
four_letter_word() {
  # shellcheck disable=SC2016
  timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf %s "$2" >&3 && cat <&3' "$@" 2>/dev/null
}

id_of() { local id=${1%%=*} && echo "${id#server.}"; }
address_of() { local address=${1#*=} && echo "${address%%:*}"; }
# named MEMBER: for people.
named() { echo "member $(id_of "$1") ($(address_of "$1"))"; }

# The port at which members take clients over TLS.
tls_port=2281

# ask MEMBER WORD: over TLS, as one member asks another, where its client port is for its own host alone.
ask() {
  case "${1##*;}" in
    127.*) four_letter_word_tls "$(address_of "$1")" "$2" ;;
    *) four_letter_word "$(address_of "$1")" "${1##*:}" "$2" ;;
  esac
}

# four_letter_word_tls HOST WORD: from a member and nobody else. Needs zkEnv.sh.
four_letter_word_tls() {
  printf %s "$2" | timeout 3 openssl s_client -quiet -tls1_3 -connect "$1:$tls_port" \
    -cert "$ZOOTLSDIR/member.pem" -key "$ZOOTLSDIR/member.pem" \
    -CAfile "$ZOOTLSDIR/ensemble.pem" -no-CApath -verify_return_error 2>/dev/null
}

# peers_among MEMBERS OTHERS: those of MEMBERS that are among OTHERS, wherever they take clients.
peers_among() { grep -F -f <(sed 's/;.*/;/' <<<"$2") <<<"$1" || true; }

# state_of MEMBER: leader, follower or observer, as it says itself; nothing while it does not serve.
state_of() { sed -n 's/^zk_server_state\t//p' <<<"$(ask "$1" mntr)"; }

# is MEMBER STATE
is() { [ "$(state_of "$1")" = "$2" ]; }

# members_in TEXT: its lines that are members; fails when there are none.
members_in() { grep -E '^server\.[0-9]+=[^;[:space:]]+;[^;[:space:]]+$' <<<"$1"; }

# own_view: the members, as this host's one has them from the ensemble; fails while it does not
# serve. Needs zkEnv.sh.
own_view() {
  local endpoint
  endpoint=$(client_endpoint "$ZOOCFGDIR/$ZOOCFG") || return 1
  members_in "$(four_letter_word "${endpoint% *}" "${endpoint#* }" conf)"
}

# voters MEMBERS
voters() { grep ':participant;' <<<"$1" || true; }

# beside MEMBERS OTHERS: those of MEMBERS that are not, to the letter, among OTHERS.
beside() { comm -23 <(sort <<<"$1") <(sort <<<"$2") | grep . || true; }

# number KEY TEXT: of what `mntr` tells.
number() {
  local found
  found=$(sed -n "s/^zk_$1\t\([0-9]*\).*/\1/p" <<<"$2")
  echo "${found:-0}"
}

# whole NEEDED [OTHERS]: one member leads and all of NEEDED follow it in step. OTHERS may be dead,
# and any may lead. Says what is amiss, and fails.
whole() {
  local member answer leaders=0 followers=0 in_step=0 silent=''
  while read -r member; do
    [ -n "$member" ] || continue
    answer=$(ask "$member" mntr) || answer=''
    case "$answer" in
      *"zk_server_state	leader"*)
        leaders=$((leaders + 1))
        # Whoever was removed or is about to join follows, too, and has no vote.
        in_step=$(($(number synced_followers "$answer") - $(number synced_non_voting_followers "$answer")))
        ;;
      *"zk_server_state	follower"*) followers=$((followers + 1)) ;;
      *) ! grep -qxF "$member" <<<"$1" || silent="$silent${silent:+, }$(named "$member")" ;;
    esac
  done <<<"$1"$'\n'"${2:-}"
  if [ -n "$silent" ]; then echo "no service from $silent"; fi
  if [ "$leaders" = 1 ] && [ -z "$silent" ] && [ "$in_step" -ge "$followers" ]; then return 0; fi
  echo "$leaders leader, $followers followers, $in_step of them in step"
  return 1
}

# await SECONDS COMMAND...: until it succeeds, or fails for the last time; says what that said.
await() {
  local deadline=$((SECONDS + $1)) said
  shift
  until said=$("$@"); do
    if [ "$SECONDS" -ge "$deadline" ]; then
      printf %s "$said"
      return 1
    fi
    sleep 0.3
  done
  printf %s "$said"
}
