// The files in which the debug information of another file is kept, found as debuggers find them and proved to belong
// to it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "binary/file_budget.h"
#include "binary/native_symbols.h"
#include "binary/symbol_image.h"

namespace stillframe::binary {

// The separate debug file of `image`, which the target names `path`: by build-id under /usr/lib/debug/.build-id, then
// by .gnu_debuglink beside it, in .debug, and under /usr/lib/debug. The build-ids must be the same; where one of the
// two has none, the checksum of .gnu_debuglink must hold. Nothing when there is none.
std::unique_ptr<SymbolImage> find_debug_file(const SymbolImage& image, const std::string& path,
                                             const OpenFile& open_file, FileBudget& budget);

// The same through `fetch`. May take long.
std::unique_ptr<SymbolImage> fetch_debug_file(const SymbolImage& image, const FetchDebugFile& fetch);

// What dwz took out of several debug files and put into one of its own (.gnu_debugaltlink of `image`, at `path`).
std::unique_ptr<SymbolImage> find_shared_debug_file(const SymbolImage& image, const std::string& path,
                                                    const OpenFile& open_file, const FetchDebugFile& fetch);

// The small symbol table that Fedora and its kin leave in stripped files: an xz-compressed ELF file in .gnu_debugdata.
std::unique_ptr<SymbolImage> open_debug_data(const SymbolImage& image);

// Where those files stand: by a build-id, and by the name in the .gnu_debuglink of the file at `path`.
std::string place_of_build_id(const std::string& id);
std::vector<std::string> places_of_debug_link(const std::string& path, const std::string& name);

// "/usr/lib/x.so" gives "/usr/lib/", "x.so" gives "".
std::string directory_of(const std::string& path);

}  // namespace stillframe::binary
