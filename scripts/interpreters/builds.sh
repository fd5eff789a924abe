# CPythons that Debian has not, compiled from its source packages. They are for the tests: what no test imports is left
# out, and what no test sees at work is not optimized.

# Others look unused and are not: pip, which puts greenlet beside 3.14t, needs ssl, zlib and pyexpat; `python -m asyncio ps`
# needs _remote_debugging; a test has a source in Shift JIS.
unused_modules="_bz2 _codecs_cn _codecs_hk _codecs_iso2022 _codecs_kr _codecs_tw _curses _curses_panel _dbm _elementtree
  _gdbm _lsprof _lzma _sqlite3 _tkinter _zstd readline syslog"
unused_folders="idlelib pydoc_data test tkinter turtledemo"

# unpack_source SUITE PACKAGE: into $cache/build/PACKAGE/source, of which each build has a copy.
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
  mkdir -p "$target" "$work"
  {
    # In a copy of the source, for debug information with the names that distributions have in it: Python/ceval.c.
    cp -a "$source" "$work/source" && cd "$work/source" && configure_build "$name" "$target" "$@" && stencils "$name" &&
      nice make python sharedmods checksharedmods && nice make altbininstall inclinstall && install_modules "$target" &&
      cd "$here"
  } > "$work/log" 2>&1 || complain "build $name with $*" "$(tail -n 3 "$work/log")" \
    "see $work/log; scripts/bootstrap installs what the build needs"
  rm -rf "$work"
  touch "$target/.complete"
}

# configure_build NAME TARGET OPTION…: in the folder where the shell stands, as the steps that follow.
configure_build() {
  local name=$1 target=$2
  shift 2
  printf '*disabled*\n%s\n' "$unused_modules" > Modules/Setup.local
  [[ $name == *-musl ]] || cp "$together/found" config.cache || return
  # shellcheck disable=SC2016 # make puts the flags in.
  CFLAGS_JIT='$(STENCIL_FLAGS)' nice ./configure --config-cache --prefix="$target" --without-ensurepip \
    --disable-test-modules CFLAGS="-O1 -g1" PYTHON_FOR_REGEN=/usr/bin/python3 "$@" && optimized >> Makefile
}

# optimized: how much, where it is not -O1. Python/ has the evaluation loop, the locks, the GIL and threads.
optimized() {
  echo 'Python/%.o: EXTRA_CFLAGS = -O2'
  echo 'Python/Python-ast.o Parser/%.o Modules/_decimal/libmpdec/%.o Modules/_hacl/%.o Modules/expat/%.o: EXTRA_CFLAGS = -O0'
}

# stencils NAME: those of the JIT, some hundred files of a few lines, with the headers of all parsed once; where that fails,
# as make does it.
stencils() {
  [[ $1 == *-jit ]] || return 0
  local flags
  # The disassembly is for comments alone, and takes as long as to compile.
  sed -i 's/"llvm-objdump"/"no-llvm-objdump"/' Tools/jit/_targets.py
  flags=(-I. -IInclude -IInclude/internal -IInclude/internal/mimalloc -IPython
    -DPy_BUILD_CORE_MODULE -DNDEBUG -D_PyJIT_ACTIVE -D_Py_JIT -O3 -fno-asynchronous-unwind-tables -fno-builtin
    -fno-plt -fno-stack-protector -std=c11 -fno-pic -mcmodel=medium -mlarge-data-threshold=0)
  grep '^#include "[Pp]y' Tools/jit/template.c > stencils.h
  { nice clang-19 -x c-header "${flags[@]}" stencils.h -o stencils.pch &&
    nice make jit_stencils.h STENCIL_FLAGS="-include-pch $PWD/stencils.pch"; } || nice make jit_stencils.h
}

# install_modules TARGET: what `make install` would, without what no test looks at, and compiled for one level of
# optimization instead of three.
install_modules() {
  local library
  library=$1/lib/$(basename "$1"/include/python*) || return
  mkdir -p "$library/site-packages" "$library/lib-dynload" && cp -a Lib/. "$library/" &&
    cp Modules/*.so "$library/lib-dynload/" && cp "$(cat pybuilddir.txt)"/_sysconfig* "$library/" &&
    nice "$1/bin/$(basename "$library")" -m compileall -q "$library"
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
