# Debian packages out of the install components: `cpack --config build/release/CPackConfig.cmake`.
#   mortise       components runtime and plugins: the programs, the plugins, the systemd unit
#   mortise-console  component console: the admin console, which needs a graphics library
#   mortise-sdk   component sdk: headers, CMake package, schemas, tools for developers of plugins

set(MORTISE_PROGRAM /usr/bin/mortise)
configure_file(${CMAKE_CURRENT_LIST_DIR}/mortise.service.in ${PROJECT_BINARY_DIR}/packaging/mortise.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/packaging/mortise.service DESTINATION lib/systemd/system COMPONENT runtime)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/mortise.sysusers DESTINATION lib/sysusers.d RENAME mortise.conf COMPONENT runtime)
# The README of the source tree is for those who have that: who has a package gets one that says what is in it.
set(documents_runtime ${CMAKE_INSTALL_DOCDIR})
set(documents_sdk ${CMAKE_INSTALL_DOCDIR}-sdk)
foreach(component runtime sdk)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/README.${component}.md DESTINATION ${documents_${component}} RENAME README.md
    COMPONENT ${component})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION ${documents_${component}}
    COMPONENT ${component})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Mortise maintainers <maintainers@mortise.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL runtime plugins sdk)
if(MORTISE_CONSOLE)
  list(APPEND CPACK_COMPONENTS_ALL console)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_PLATFORM_PACKAGE_NAME mortise)
set(CPACK_DEBIAN_PLATFORM_DESCRIPTION "customer relationship management made of plugins
 The host with its command line, the plugins that are shipped, and a systemd unit.")
set(CPACK_DEBIAN_PLATFORM_PACKAGE_DEPENDS "tzdata")
set(CPACK_DEBIAN_PLATFORM_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_LIST_DIR}/postinst;${CMAKE_CURRENT_LIST_DIR}/postrm")
set(CPACK_DEBIAN_PLATFORM_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_CONSOLE_PACKAGE_NAME mortise-console)
set(CPACK_DEBIAN_CONSOLE_DESCRIPTION "the admin console of Mortise
 A native window onto a running host, or onto a data folder: records, boards, plugins, events, imports.")
set(CPACK_DEBIAN_CONSOLE_PACKAGE_RECOMMENDS "fonts-roboto-unhinted, fonts-dejavu-core, mortise")

set(CPACK_DEBIAN_SDK_PACKAGE_NAME mortise-sdk)
set(CPACK_DEBIAN_SDK_DESCRIPTION "what developers of Mortise plugins compile against
 Headers of the binary contract and of the C++ layer, the CMake package mortise-sdk, JSON Schemas, and the tool
 mortise-sdk with project templates and the reference.")
set(CPACK_DEBIAN_SDK_PACKAGE_RECOMMENDS "cmake (>= 3.25), ninja-build, g++ (>= 4:12), libgtest-dev")

include(CPack)
cpack_add_component(runtime GROUP platform)
cpack_add_component(plugins GROUP platform)
cpack_add_component(sdk GROUP sdk)
cpack_add_component(console GROUP console)
cpack_add_component_group(platform)
cpack_add_component_group(sdk)
cpack_add_component_group(console)
