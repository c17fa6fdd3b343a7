"""The table of who may include whom, and the names that decide to whom an include belongs."""

# Rooms of the host: each may include those before it.
ROOMS = "base net store access blobs records events commands consent merging relations privacy jobs retention matching duplicates identities plugins bundles exchange control app".split()

# Third-party headers: a prefix of the include, what it is, and the folders that may use it. A `tests` folder may use
# what its own folder may. What is not listed here and not of the system is refused: a new library is a decision, told
# in docs/dependencies.md.
THIRD_PARTY = [
    ("boost/json", "Boost.JSON", {"host", "admin-ui", "plugins", "sdk/testkit", "sdk/check", "sdk/tools", "tests"}),
    ("boost/", "Boost", {"host", "plugins", "sdk/testkit", "sdk/check", "sdk/tools", "tests"}),
    ("sqlite3", "SQLite", {"host/store", "host/plugins/tests", "tests"}),
    ("SQLiteCpp/", "SQLiteCpp", {"host/store", "tests"}),
    ("CLI/", "CLI11", {"host/app", "sdk/tools", "tests"}),
    ("sodium", "libsodium", {"host", "sdk/tools", "tests"}),
    ("archive", "libarchive", {"host/plugins/package", "tests"}),
    ("zstd", "zstd", {"host/plugins/package", "tests"}),
    ("unicode/", "ICU", {"host", "tests"}),
    ("idn2", "libidn2", {"host", "tests"}),
    ("uchardet", "uchardet", {"host", "tests"}),
    ("phonenumbers/", "libphonenumber", {"host", "tests"}),
    ("date/", "date", {"host", "tests"}),
    ("valijson/", "valijson", {"host", "sdk/tools", "tests"}),
    ("imgui", "Dear ImGui", {"admin-ui"}),
    ("GLFW/", "GLFW", {"admin-ui"}),
    ("openssl/", "OpenSSL", {"host/net", "tests"}),
    ("curl/", "libcurl", {"templates", "tests"}),
    ("stb/", "stb", {"admin-ui"}),
    ("cairo", "cairo", {"plugins/reporting"}),
    ("xlsxwriter", "libxlsxwriter", {"plugins/reporting"}),
    ("gmime/", "GMime", {"plugins/email", "tests"}),
    ("gmodule", "GLib", {"plugins/email", "tests"}),
    ("gumbo", "Gumbo", {"plugins/email", "tests"}),
    ("benchmark/", "Google Benchmark", {"tests/bench"}),
]

# Test frameworks: in a folder named `tests` and nowhere else.
TEST_ONLY = ("gtest/", "gmock/")

C_STANDARD = {
    f"{name}.h"
    for name in """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
    stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype""".split()
}

CXX_STANDARD = set(
    """algorithm any array atomic barrier bit bitset charconv chrono codecvt compare complex concepts
    condition_variable coroutine deque exception execution filesystem format forward_list fstream functional future
    initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource
    mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set
    shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view strstream
    syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray
    variant vector version cxxabi.h
    cassert cctype cerrno cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint cstdio
    cstdlib cstring ctime cuchar cwchar cwctype""".split()
)

# The operating system's headers, for the host and for tests.
SYSTEM = set(
    """dirent.h dlfcn.h elf.h endian.h execinfo.h fcntl.h fnmatch.h ftw.h getopt.h glob.h grp.h libgen.h link.h malloc.h
    netdb.h poll.h pthread.h pwd.h sched.h spawn.h strings.h syslog.h termios.h ucontext.h unistd.h utime.h
    wordexp.h features.h byteswap.h langinfo.h resolv.h""".split()
)
SYSTEM_PREFIXES = ("sys/", "linux/", "netinet/", "arpa/", "net/", "asm/", "sanitizer/", "valgrind/")
