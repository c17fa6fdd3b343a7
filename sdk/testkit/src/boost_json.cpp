// Boost.JSON as a part of this library: whatever version of Boost a vendor's tests use, the two never meet.
#include <boost/json/src.hpp>
