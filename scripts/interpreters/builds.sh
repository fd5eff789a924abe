# CPythons that Debian has not, compiled from its source packages. They are for the tests: what no test imports is left
# out, and only what stands in Python/ (the evaluation loop, the locks, the GIL, threads) is optimized as everywhere.

# pip, which puts greenlet beside 3.14t, needs ssl and zlib; a test has a source in Shift JIS.
unused_modules="_bz2 _codecs_cn _codecs_hk _codecs_iso2022 _codecs_kr _codecs_tw _curses _curses_panel _dbm _elementtree
  _gdbm _lsprof _lzma _remote_debugging _sqlite3 _tkinter _zstd pyexpat readline syslog"
unused_folders="idlelib pydoc_data test tkinter turtledemo"

# unpack_source SUITE PACKAGE: into $cache/build/PACKAGE/source, for all builds of it.
unpack_source() {
  local from=$1 package=$2 work=$cache/build/$2 folder left_out=()
  once "lists-$from" read_lists "$from"
  for folder in $unused_folders; do
    left_out+=("--exclude=*/Lib/$folder")
  done
  rm -rf "$work"
  mkdir -p "$work/source"
  (cd "$work" && source_of "$from" "$package" &&
    tar -xf "$package"_*.orig.tar.[xgb]z -C source --strip-components=1 "${left_out[@]}") > "$work/log" 2>&1 ||
    complain "fetch the source of $package of Debian $from" "$(tail -n 3 "$work/log")" \
      "check the network, then run scripts/get-interpreters again"
}

# find_known SOURCE: what configure finds out of the C library, into $together/found. It takes much longer than all else
# that configure does, and is the same for every build with that library.
find_known() {
  local work=$cache/build/known
  rm -rf "$work"
  mkdir -p "$work"
  (cd "$work" && nice "$1/configure" --config-cache > log 2>&1) ||
    complain "configure $1" "$(tail -n 3 "$work/log")" "see $work/log; scripts/bootstrap installs what the build needs"
  grep -E '^ac_cv_(alignof|func|have_decl|header|lib|member|search|sizeof|struct|type)_' "$work/config.cache" \
    > "$together/found"
  rm -rf "$work"
}

# built NAME SUITE PACKAGE OPTION…: that source package, configured with these options.
built() {
  local name=$1 from=$2 package=$3 source=$cache/build/$3/source
  shift 3
  [ -e "$interpreters/$name/.complete" ] && return
  echo "get-interpreters: building $package of Debian $from with $* (some minutes)"
  once "$package" unpack_source "$from" "$package"
  [[ $name == *-musl ]] || once known holding find_known "$source"
  holding build "$name" "$source" "$@"
  echo "get-interpreters: $name is built"
}

# build NAME SOURCE OPTION…
build() {
  local name=$1 source=$2 target=$interpreters/$1 work=$cache/build/$1
  shift 2
  rm -rf "$target" "$work"
  mkdir -p "$target" "$work/Modules"
  {
    cd "$work" && configure_build "$name" "$source" "$target" "$@" && stencils "$name" "$source" &&
      nice make python sharedmods checksharedmods && nice make altbininstall inclinstall &&
      install_modules "$source" "$target" && cd "$here"
  } > "$work/log" 2>&1 || complain "build $source with $*" "$(tail -n 3 "$work/log")" \
    "see $work/log; scripts/bootstrap installs what the build needs"
  rm -rf "$work"
  touch "$target/.complete"
}

# configure_build NAME SOURCE TARGET OPTION…: in the folder where the shell stands, as the steps that follow.
configure_build() {
  local name=$1 source=$2 target=$3
  shift 3
  printf '*disabled*\n%s\n' "$unused_modules" | tr -s ' ' '\n' > Modules/Setup.local
  [[ $name == *-musl ]] || cp "$together/found" config.cache || return
  # shellcheck disable=SC2016 # make puts the flags in.
  CFLAGS_JIT='$(STENCIL_FLAGS)' nice "$source/configure" --config-cache --prefix="$target" --without-ensurepip \
    --disable-test-modules CFLAGS="-O1 -g1" PYTHON_FOR_REGEN=/usr/bin/python3 "$@" &&
    echo 'Python/%.o: PY_CORE_CFLAGS += -O2' >> Makefile
}

# stencils NAME SOURCE: those of the JIT, some hundred files of a few lines, with the headers of all parsed once; else as make
# does it.
stencils() {
  [[ $1 == *-jit ]] || return 0
  local include flags
  # The disassembly is for comments alone, and takes as long as to compile.
  sed -i 's/"llvm-objdump"/"no-llvm-objdump"/' "$2/Tools/jit/_targets.py"
  include=(-I. "-I$2/Include" "-I$2/Include/internal" "-I$2/Include/internal/mimalloc" "-I$2/Python")
  flags=(-DPy_BUILD_CORE_MODULE -DNDEBUG -D_PyJIT_ACTIVE -D_Py_JIT -O3 -fno-asynchronous-unwind-tables -fno-builtin
    -fno-plt -fno-stack-protector -std=c11 -fno-pic -mcmodel=medium -mlarge-data-threshold=0)
  grep '^#include "[Pp]y' "$2/Tools/jit/template.c" > stencils.h
  { nice clang-19 -x c-header "${include[@]}" "${flags[@]}" stencils.h -o stencils.pch &&
    nice make jit_stencils.h STENCIL_FLAGS="-include-pch $PWD/stencils.pch"; } || nice make jit_stencils.h
}

# install_modules SOURCE TARGET: what `make install` would, without what no test looks at, and compiled for one level of
# optimization instead of three.
install_modules() {
  local library
  library=$2/lib/$(basename "$2"/include/python*) || return
  mkdir -p "$library/site-packages" "$library/lib-dynload" && cp -a "$1/Lib/." "$library/" &&
    cp Modules/*.so "$library/lib-dynload/" && cp "$(cat pybuilddir.txt)"/_sysconfig* "$library/" &&
    nice "$2/bin/$(basename "$library")" -m compileall -q "$library"
}

# musl_compiler: one that compiles and links with Debian's musl, which comes without the kernel's headers and gives
# neither a build-id nor the index of unwind rules by itself, as every distribution's does.
musl_compiler() {
  local folder=$cache/musl
  mkdir -p "$folder/include"
  ln -sfn /usr/include/linux /usr/include/asm-generic "$folder/include/"
  ln -sfn "/usr/include/$(gcc -print-multiarch)/asm" "$folder/include/"
  cat > "$folder/cc" << CC
#!/bin/sh
[ "\$1" = --print-multiarch ] && exit # it would be glibc's
exec musl-gcc -idirafter "$folder/include" "\$@" -Wl,--build-id -Wl,--eh-frame-hdr
CC
  chmod +x "$folder/cc"
  echo "$folder/cc"
}
