# Packages of later and older Debian suites: unpacked into private roots, and the sources of some.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# read_lists SUITE: the lists of that suite's packages. Once for all parts, before the first command of the suite.
read_lists() {
  local name=$1 state=$cache/apt/$1 mirror
  [ -e "$state/apt.conf" ] && return
  mirror=$(debian_mirror) ||
    complain "find Debian's packages" "the apt configuration in /etc/apt names no Debian mirror" \
      "add one to /etc/apt/sources.list"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  printf "%s [signed-by=$keyring] $mirror $name main\n" deb deb-src > "$state/sources.list"
  cat > "$state/apt.conf.new" << CONF
Dir::State::Lists "$state/lists";
Dir::Cache "$state/cache";
Dir::Etc::SourceList "$state/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Status "$state/status";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
  touch "$state/status"
  APT_CONFIG=$state/apt.conf.new apt-get -qq update ||
    complain "read the package lists of Debian $name" "apt-get update failed (above)" \
      "check the network and /etc/apt/sources.list, then run scripts/get-interpreters again"
  mv "$state/apt.conf.new" "$state/apt.conf"
}

# suite SUITE COMMAND…: an apt command that sees that suite alone, with a state of its own.
suite() {
  APT_CONFIG=$cache/apt/$1/apt.conf "${@:2}"
}

# root SUITE PACKAGE…: those packages and all they need, unpacked.
root() {
  local name=$1 target=$interpreters/$1
  shift
  [ -e "$target/.complete" ] && return
  echo "get-interpreters: $* of Debian $name"
  once "lists-$name" read_lists "$name"
  rm -rf "$target"
  mkdir -p "$target/usr/bin" "$target/usr/lib" "$target/usr/lib64" "$target/usr/sbin" "$target/tmp" "$target/dev" \
    "$target/proc"
  ln -s usr/bin usr/lib usr/lib64 usr/sbin "$target/"
  suite "$name" apt-get -qq -y --download-only --no-install-recommends install "$@" > "$target/.log" 2>&1 ||
    complain "fetch $* of Debian $name" "$(tail -n 2 "$target/.log")" "run scripts/get-interpreters again"
  holding unpack_packages "$name" "$target"
  rm -f "$cache/apt/$name/cache/archives/"*.deb
  mknod -m 666 "$target/dev/null" c 1 3 2> /dev/null || touch "$target/dev/null"
  mknod -m 666 "$target/dev/urandom" c 1 9 2> /dev/null || true
  touch "$target/.complete"
}

# unpack_packages SUITE FOLDER: all that were fetched.
unpack_packages() {
  local deb
  for deb in "$cache/apt/$1/cache/archives/"*.deb; do
    # Through tar: dpkg -x would replace the links /lib -> usr/lib of a merged system by folders.
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$2" --keep-directory-symlink
  done
}

# source_of SUITE PACKAGE: the newest source of it that the mirror has, at most as new as the suite's own. (The sources of
# the newest upload can be missing from a mirror for a while.)
source_of() {
  local newest micro mirror
  suite "$1" apt-get -qq --download-only source "$2" > /dev/null 2>&1 && ls "$2"_*.orig.tar.[xgb]z > /dev/null 2>&1 && return
  newest=$(suite "$1" apt-cache show "$2" | awk '/^Version:/ {print $2; exit}')
  newest=${newest%%-*}
  mirror=$(debian_mirror)
  for ((micro = ${newest##*.}; micro >= 0; micro--)); do
    curl -sfO "$mirror/pool/main/p/$2/$2_${newest%.*}.$micro.orig.tar.xz" && return
  done
  return 1
}
