# Finds libphonenumber: PhoneNumber::PhoneNumber. The headers are those of the system or of build/third_party, where
# tools/fetch_dev_headers.sh puts them; if they are in neither, that script is run once.
set(phone_number_fetched ${PROJECT_SOURCE_DIR}/build/third_party/usr/include)
find_path(PhoneNumber_INCLUDE_DIR phonenumbers/phonenumberutil.h HINTS ${phone_number_fetched})
if(NOT PhoneNumber_INCLUDE_DIR)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/fetch_dev_headers.sh)
  find_path(PhoneNumber_INCLUDE_DIR phonenumbers/phonenumberutil.h HINTS ${phone_number_fetched})
endif()
# Without the -dev package there is no libphonenumber.so, only the library itself.
find_library(PhoneNumber_LIBRARY NAMES phonenumber libphonenumber.so.8)
find_package(Protobuf QUIET)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PhoneNumber
  REQUIRED_VARS PhoneNumber_LIBRARY PhoneNumber_INCLUDE_DIR Protobuf_FOUND
  REASON_FAILURE_MESSAGE "run tools/install_packages.sh, which also fetches its headers")

if(PhoneNumber_FOUND AND NOT TARGET PhoneNumber::PhoneNumber)
  add_library(PhoneNumber::PhoneNumber UNKNOWN IMPORTED GLOBAL)
  set_target_properties(PhoneNumber::PhoneNumber PROPERTIES
    IMPORTED_LOCATION "${PhoneNumber_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${PhoneNumber_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES protobuf::libprotobuf-lite)
endif()
mark_as_advanced(PhoneNumber_INCLUDE_DIR PhoneNumber_LIBRARY)
