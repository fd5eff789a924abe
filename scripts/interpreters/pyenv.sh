# CPythons of pyenv, and variants that are made from them.

# python_prefix VERSION: where pyenv keeps that version.
python_prefix() {
  printf '%s/versions/%s' "${PYENV_ROOT:-$(pyenv root 2> /dev/null || echo "$HOME/.pyenv")}" "$1"
}

# install_version VERSION: with pyenv, which counts the processors itself.
install_version() {
  local log=$cache/build/pyenv-$1.log
  mkdir -p "$cache/build"
  PYTHON_CONFIGURE_OPTS="--enable-shared" CFLAGS="-O2 -g" env -u MAKEFLAGS pyenv install "$1" < /dev/null > "$log" 2>&1 ||
    complain "pyenv install $1" "$(tail -n 3 "$log")" "see $log; scripts/bootstrap build test installs what the build needs"
}

# pyenv_versions: those of the matrix, installed where they are missing.
pyenv_versions() {
  local version
  while read -r version; do
    [ -x "$(python_prefix "$version")/bin/python" ] && continue
    echo "get-interpreters: Python $version with pyenv (some minutes)"
    command -v pyenv > /dev/null ||
      complain "find Python $version" "it is not in $(python_prefix "$version"), and there is no pyenv" \
        "install pyenv, then run scripts/get-interpreters again"
    holding install_version "$version"
  done < <(awk '/^from/ {pyenv = /"pyenv"/} /^where/ && pyenv {gsub(/"/, ""); print $3}' "$here/../tests/matrix.toml")
}

# variant NAME VERSION: one made from a version of pyenv, in a prefix of its own that borrows the library.
variant() {
  local name=$1 version=$2 short=${2%.*} target=$interpreters/$1 prefix headers library
  [ -e "$target/.complete" ] && return
  prefix=$(python_prefix "$version")
  headers=$(echo "$prefix/include/python$short"*)
  rm -rf "$target"
  mkdir -p "$target/bin" "$target/lib"
  ln -s "$prefix/lib/python$short" "$target/lib/"
  case $name in
    *-stripped) # All but the dynamic symbols is gone, in the library and in the program.
      library=$(cd "$prefix/lib" && echo "libpython$short"*.so.1.0)
      strip --strip-all -o "$target/lib/$library" "$prefix/lib/$library"
      cc -s -DPLAIN -I"$headers" -o "$target/bin/python" "$here/embedding.c" "$target/lib/$library" \
        -Wl,-rpath,"\$ORIGIN/../lib" -Wl,-rpath-link,"$prefix/lib"
      ;;
    *-embedded) # A C program that uses the shared library.
      library=$(cd "$prefix/lib" && echo "libpython$short"*.so.1.0)
      cc -g -DHOME="\"$prefix\"" -I"$headers" -o "$target/bin/python" "$here/embedding.c" "$prefix/lib/$library" \
        -Wl,-rpath,"$prefix/lib"
      ;;
    *-nameless) # Python inside the program, which exports nothing and has no symbols.
      library=$(echo "$prefix/lib/python$short/config"*/libpython*.a)
      cc -DHOME="\"$prefix\"" -I"$headers" -o "$target/bin/python" "$here/embedding.c" "$library" \
        -lpthread -ldl -lutil -lm -lz
      strip --strip-all "$target/bin/python"
      ;;
  esac > "$target/.log" 2>&1 ||
    complain "make the variant $name of Python $version" "$(tail -n 3 "$target/.log")" \
      "see $target/.log; scripts/bootstrap build test installs a C compiler"
  touch "$target/.complete"
}

# variants: those of the matrix.
variants() {
  local name version
  once pyenv pyenv_versions
  while read -r name version; do
    holding variant "$name" "$version"
  done < <(awk '/^id/ {gsub(/"/, ""); id = $3} /^from/ {made = /"variant"/} /^where/ && made {gsub(/"/, ""); print id, $3}' \
    "$here/../tests/matrix.toml")
}
