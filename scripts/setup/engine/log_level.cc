// A Node addon without functions: loading it sets from where on TensorFlow's native code writes to standard error.
//
// TensorFlow writes notices while its library is being loaded, before it has read TF_CPP_MIN_LOG_LEVEL, and
// process.env of a worker thread does not reach the environment that native code sees. So this library, which depends
// on libtensorflow_framework alone (where Abseil's log settings live), is loaded before the binding: warnings and
// notices stay silent, errors are written as ever. It is not loaded at all when the log is asked for.
#include <node_api.h>
#include <stdlib.h>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

NAPI_MODULE_INIT() {
  absl::SetMinLogLevel(absl::LogSeverityAtLeast::kError);
  // TensorFlow applies this variable on top once it is up; what the user has set wins.
#ifndef _WIN32
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
#endif
  return exports;
}
