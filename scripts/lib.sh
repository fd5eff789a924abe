# Shared by the scripts of this folder.

cache=${STILLFRAME_CACHE:-$HOME/.cache/stillframe}

# complain TRIED STOPPED_BY ADVICE
complain() {
  printf 'tried:   %s\nstopped: %s\ndo:      %s\n' "$1" "$2" "$3" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    complain "run $*" "that needs root, and there is no sudo" "run it as root: $*"
  fi
}

# The address of Debian's packages, from the machine's own apt configuration.
debian_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null |
    sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+) +[a-z]+.*/\2/p' | grep -vE 'security' | head -n 1 | grep . && return
  awk '/^URIs:/ {print $2}' /etc/apt/sources.list.d/*.sources 2> /dev/null | grep -E 'debian/?$' | head -n 1 | grep .
}
