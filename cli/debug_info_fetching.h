// Fetching missing debug information from debuginfod servers, with a line of progress on a terminal.
#pragma once

#include <memory>

#include "binary/native_symbols.h"

namespace stillframe::cli {

// What a still asks for debug files: empty where no server is known. Nothing is fetched before the first file is
// wanted. While a file is fetched, Ctrl-C stops that and all further fetching, and not the program.
binary::FetchDebugFile fetch_from_servers();

}  // namespace stillframe::cli
