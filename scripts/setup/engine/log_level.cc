// A Node addon without functions: that it is loaded is all it does.
//
// TensorFlow asks Abseil from which severity on it writes to standard error, and the first notices come while its
// libraries are being loaded, before any variable is read; process.env of a worker thread doesn't reach native code
// either. So this library gives Abseil's answer itself: loaded with global symbols before TensorFlow, its MinLogLevel
// is the one that is found. Notices and warnings stay silent, errors are written as ever.
#include <node_api.h>
#include <stdlib.h>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

namespace absl {
ABSL_NAMESPACE_BEGIN
__attribute__((visibility("default"))) LogSeverityAtLeast MinLogLevel() { return LogSeverityAtLeast::kError; }
ABSL_NAMESPACE_END
}  // namespace absl

NAPI_MODULE_INIT() {
  // On macOS a library finds its own symbols first; there this variable does most of it.
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  return exports;
}
