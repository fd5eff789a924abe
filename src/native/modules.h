// The mapped files of a target as an unwinder needs them: which one an address lies in, how to unwind in it, what is
// linked where.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "binary/call_frame_table.h"
#include "binary/elf_file.h"
#include "binary/elf_image.h"
#include "binary/native_symbols.h"
#include "native/jumps.h"
#include "target/target.h"

namespace stillframe::native {

using memory::Address;

// One ELF file as it is mapped once.
class Module {
 public:
  Module(const target::Mapping& first, std::optional<binary::ElfImage> image, bool vdso)
      : first_(&first), image_(std::move(image)), vdso_(vdso) {}

  // As the target names it; "[vdso]" for the kernel's.
  [[nodiscard]] const std::string& path() const { return first_->path; }
  [[nodiscard]] const target::Mapping& first_mapping() const { return *first_; }
  // Absent where its first page cannot be read (a core without it, and no file).
  [[nodiscard]] const std::optional<binary::ElfImage>& image() const { return image_; }
  [[nodiscard]] bool is_vdso() const { return vdso_; }
  // What an address of the target is in the file's own numbering (p_vaddr).
  [[nodiscard]] Address linked(Address address) const {
    return image_ ? address - image_->bias() : address - first_->begin + first_->offset;
  }

 private:
  friend class Modules;
  const target::Mapping* first_;
  std::optional<binary::ElfImage> image_;
  bool vdso_;
  std::unique_ptr<binary::CallFrameTable> in_memory_;
  std::vector<std::unique_ptr<binary::CallFrameTable>> in_file_;
  bool looked_in_memory_ = false;
  bool looked_in_file_ = false;
};

// How files of a target are read.
inline binary::FileAccess file_access(const Host& host) {
  return host.handle_bus_errors ? binary::FileAccess::mapped : binary::FileAccess::copied;
}

// Opens debug files as the target sees them. The target must outlive what this gives.
binary::OpenFile opener_of(const target::Target& target);

class Modules {
 public:
  // `code` gives the bytes of mapped files (which do not change, so it need not be a copy); both must outlive this.
  Modules(const target::Target& target, const memory::MemorySource& code) : target_(target), code_(code) {}

  // The module whose executable part holds `address`; null for anonymous memory and for none at all.
  Module* find(Address address);
  // The module that `data` belongs to: also when it lies in the zeroed part, which is mapped anonymously behind the
  // file.
  Module* owner_of(Address data);
  // Whether an instruction can stand there: in any mapping that is executable.
  [[nodiscard]] bool is_code(Address address) const;
  // How to unwind from `pc`; null where nothing describes the function there. Holds until the next call.
  const binary::UnwindRow* row_at(Address pc);
  // What looking for rows has cost so far, in bytes read: a limit for who asks on behalf of hostile stacks.
  [[nodiscard]] std::uint64_t effort() const { return effort_; }
  // Whether `address` stands directly behind a call instruction, as a return address does.
  [[nodiscard]] bool follows_call(Address address) const;

  // Where the call behind which `address` stands leads, if it is a direct one.
  [[nodiscard]] std::optional<Address> direct_call_target(Address address) const;

  // The function that this call leads to, also through a stub of the procedure linkage table; nothing where it goes
  // through a register or the stub is not bound yet.
  [[nodiscard]] std::optional<Address> called_function(Address address) const;

  // Whether `pc` lies in the code that a process begins with (_start): nothing called it.
  [[nodiscard]] bool begins_process(Address pc);

  // Whether the function at `function` may end by jumping to the one at `to`: then that one's caller is its own.
  [[nodiscard]] bool tail_calls(Address function, Address to);
  // The same where it may also jump to a function that does so, or through a pointer, which can lead anywhere.
  [[nodiscard]] bool may_end_in(Address function, Address to);

  struct Range {
    Address begin = 0;
    Address end = 0;
  };
  // The function that holds `pc`, where a symbol tells.
  [[nodiscard]] std::optional<Range> function_at(Address pc);
  // Who knows the symbols: (module, address) to the function's range in the target.
  using FindFunction = std::function<std::optional<Range>(Module&, Address)>;
  void ask_for_functions(FindFunction find) { find_function_ = std::move(find); }

  [[nodiscard]] const memory::MemorySource& code() const { return code_; }
  [[nodiscard]] const target::Target& target() const { return target_; }

 private:
  [[nodiscard]] std::optional<Address> stub_target(Address at) const;
  // Where the function ends that begins there, if one does.
  [[nodiscard]] std::optional<Address> end_of_function(Address begin);
  [[nodiscard]] std::optional<Jumps> jumps_of(Address function);
  [[nodiscard]] const target::Mapping* first_of(const target::Mapping& mapping) const;
  std::optional<binary::UnwindRow> look_up(Module& module, Address pc);
  std::optional<binary::UnwindRow> row_of(const binary::CallFrameTable& table, Address pc);
  void open_tables(Module& module);
  void add_separate(Module& module, int fd);
  std::unique_ptr<binary::CallFrameTable> read_section(const binary::ElfFile& file, const char* name, Address bias,
                                                       binary::CallFrameTable::Format format);

  const target::Target& target_;
  const memory::MemorySource& code_;
  FindFunction find_function_;
  std::map<const target::Mapping*, std::unique_ptr<Module>> modules_;  // by the first mapping of the file
  std::unordered_map<const target::Mapping*, Module*> owners_;         // of every mapping that was asked for
  std::unordered_map<Address, std::optional<binary::UnwindRow>> rows_;
  std::uint64_t effort_ = 0;
  std::uint64_t section_bytes_ = 0;  // of sections that were read from files
};

}  // namespace stillframe::native
