include("${CMAKE_CURRENT_LIST_DIR}/mortise-sdk-targets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/MortisePlugin.cmake")
