# Parts of one script that run side by side, as many at a time as there are processors.
#
# A part that computes holds a token. The tokens lie in a pipe, which is the job server of the parts' makes as well: once
# there are fewer parts than processors, what is left compiles on all of them.

parts=()

# open_tokens: before the first part.
open_tokens() {
  together=$(mktemp -d "$cache/together.XXXXXX")
  trap 'end_parts; rm -rf "$together"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  mkfifo "$together/tokens"
  exec {tokens}<> "$together/tokens"
  printf '%*s' "$(nproc)" '' >&"$tokens"
  unset MFLAGS MAKELEVEL
  export MAKEFLAGS=" -j --jobserver-auth=$tokens,$tokens"
}

# holding COMMAND…: runs it as soon as a token is free. If it fails the script ends, and nobody waits for the token.
holding() {
  # The pipe is opened anew, because make lets nobody wait who reads from the open one.
  IFS= read -rN 1 _ < "$together/tokens"
  "$@"
  printf ' ' >&"$tokens"
}

# once NAME COMMAND…: what several parts need. The first of them runs it, the others wait until it is done.
once() {
  local name=$1
  shift
  {
    flock 9
    if [ ! -e "$together/$name" ]; then
      "$@"
      touch "$together/$name"
    fi
  } 9> "$together/$name.lock"
}

# part COMMAND…: runs it in the background, as a process group of its own.
part() {
  set -m
  "$@" < /dev/null &
  set +m
  parts+=($!)
}

# join_parts: waits for all. One that fails has said why; it ends the script, and with it the others.
join_parts() {
  local _
  for _ in "${parts[@]}"; do
    wait -n || exit 1
  done
  parts=()
}

# end_parts: ends them, and all that they have started.
end_parts() {
  local part
  for part in "${parts[@]}"; do
    kill -TERM -- "-$part" 2> /dev/null || true
  done
  wait
}
