// Read before everything else under ThreadSanitizer (see the preset tsan). That of GCC 12 does not know
// pthread_mutex_clocklock, which std::timed_mutex takes for its deadlines, and so takes each unlock behind it
// for a mistake. Without it libstdc++ uses pthread_mutex_timedlock, which is known.
#pragma once

#include <version> // brings the settings of libstdc++

#undef _GLIBCXX_USE_PTHREAD_MUTEX_CLOCKLOCK
