#include "target/core_target.h"
namespace stillframe::target {
Result<std::unique_ptr<Target>> open_core(const std::string&, const CoreOptions&) { return fail(ErrorKind::io, "", "", ""); }
}
