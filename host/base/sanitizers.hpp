#pragma once

/// \file
/// Whether this is compiled for a sanitizer, as g++ and clang each say it: MORTISE_ASAN and MORTISE_TSAN are
/// defined then. Their run-time makes threads, files and system calls of its own.

#if defined(__SANITIZE_ADDRESS__)
#define MORTISE_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MORTISE_ASAN
#endif
#endif

#if defined(__SANITIZE_THREAD__)
#define MORTISE_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MORTISE_TSAN
#endif
#endif
