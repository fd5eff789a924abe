// The checked-in tables, one file each, all made by tools/make_layouts.py.
#pragma once

#include "cpython/dialects/layout.h"

namespace stillframe::cpython::layouts {

#define SF_TABLE(name) extern const Layout name;
#include "cpython/dialects/layouts/tables.inc"
#undef SF_TABLE

}  // namespace stillframe::cpython::layouts
