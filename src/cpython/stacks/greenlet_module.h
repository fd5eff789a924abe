// The greenlet module of a target: which version it is, and which types its greenlets have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/stacks/greenlet_layout.h"
#include "target/target.h"

namespace stillframe::cpython {

// Whether a file is the extension module greenlet._greenlet.
bool is_greenlet_file(std::string_view path);
// Whether a file of that module is mapped: without one there are no greenlets.
bool greenlet_is_loaded(const target::Target& target);

struct GreenletModule {
  PythonVersion version;
  GreenletLayout layout;
  std::unordered_set<Address> types;  // greenlet.greenlet and all its subclasses (gevent.Greenlet, …)
};

struct GreenletSearch {
  std::optional<GreenletModule> module;
  std::optional<std::string> problem;  // why greenlets cannot be shown; absent too where nothing has imported greenlet
};

// Looks for the module in the imported modules of an interpreter.
GreenletSearch find_greenlet_module(const Objects& objects, Address interpreter);

// "gevent._gevent_cgreenlet.Greenlet": a type's name with its module.
std::optional<std::string> qualified_type_name(const Objects& objects, Address type);

}  // namespace stillframe::cpython
