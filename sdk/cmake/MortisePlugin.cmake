# mortise_add_plugin(NAME <kebab-name> [SOURCES <logic...>] [ENTRY src/plugin.cpp] [TESTS <files...>]
#                    [LIBRARIES <targets...>] [ASSETS <files and folders...>] [FOR_TESTS])
#
# Makes a plugin from a folder that has a plugin.json:
#   mortise_plugin_<name>_core   STATIC  the logic, without the SDK's entry: what unit tests link
#   mortise_plugin_<name>        MODULE  <name>.so, which exports mortise_plugin_open_v1 and nothing else
#   mortise_plugin_<name>_tests  the TESTS (GoogleTest), if BUILD_TESTING: with the test kit (mortise/testkit.hpp), and
#                                MORTISE_PLUGIN_FOLDER naming the built plugin. Tests in C are programs of their own,
#                                mortise_plugin_<name>_<file>
# The built plugin lies ready to be loaded in <build>/lib/mortise/plugins/<id of the manifest>/, with plugin.json,
# locales/ and ASSETS beside it; `cmake --install` puts the same folder under the prefix. One that is only FOR_TESTS lies in
# <build>/lib/mortise/test-plugins, where no host looks, and is not installed.
include_guard(GLOBAL)
include(GNUInstallDirs)
set(MORTISE_PLUGIN_EXPORTS "${CMAKE_CURRENT_LIST_DIR}/plugin.exports" CACHE INTERNAL "")

function(mortise_add_plugin)
  cmake_parse_arguments(PARSE_ARGV 0 arg "FOR_TESTS" "NAME;ENTRY" "SOURCES;TESTS;LIBRARIES;ASSETS")
  if(NOT arg_NAME MATCHES "^[a-z][a-z0-9-]*$" OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "mortise_add_plugin: give a NAME in kebab-case; not understood: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_ENTRY)
    set(arg_ENTRY src/plugin.cpp)
  endif()
  string(REPLACE "-" "_" snake "${arg_NAME}")
  set(module mortise_plugin_${snake})
  mortise_read_manifest("${arg_NAME}" id version)
  set(folder "${CMAKE_BINARY_DIR}/lib/mortise/plugins/${id}")
  set(destination "lib/mortise/plugins/${id}")
  if(arg_FOR_TESTS)
    set(folder "${CMAKE_BINARY_DIR}/lib/mortise/test-plugins/${id}")
    set(destination "")
  endif()

  mortise_add_plugin_core(${module}_core "${arg_SOURCES}" "${arg_LIBRARIES}")
  add_library(${module} MODULE ${arg_ENTRY})
  set_target_properties(${module} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME "${arg_NAME}"
    LIBRARY_OUTPUT_DIRECTORY "${folder}" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${module} PRIVATE ${module}_core)
  mortise_use_defaults(${module})
  target_compile_options(${module} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${module} PRIVATE "LINKER:--version-script=${MORTISE_PLUGIN_EXPORTS}")
  if(NOT MORTISE_SANITIZE) # the sanitizers' functions are found when the program that loads it has them
    target_link_options(${module} PRIVATE "LINKER:-z,defs")
  endif()
  set_property(TARGET ${module} APPEND PROPERTY LINK_DEPENDS "${MORTISE_PLUGIN_EXPORTS}")

  mortise_place_assets("${folder}" "${destination}" "${arg_ASSETS}")
  if(destination)
    install(TARGETS ${module} LIBRARY DESTINATION "${destination}")
  endif()

  if(arg_TESTS AND (MORTISE_BUILD_TESTS OR (BUILD_TESTING AND NOT DEFINED MORTISE_BUILD_TESTS)))
    mortise_add_plugin_tests(${module} "${arg_NAME}" "${folder}" "${arg_TESTS}")
  endif()
endfunction()

# Reads id and version, and makes sure that the manifest names the library that will be built.
function(mortise_read_manifest name id_variable version_variable)
  set(manifest "${CMAKE_CURRENT_SOURCE_DIR}/plugin.json")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${manifest}")
  file(READ "${manifest}" json)
  foreach(key id version)
    string(JSON value ERROR_VARIABLE problem GET "${json}" ${key})
    if(problem)
      message(FATAL_ERROR "${manifest}: ${problem}")
    endif()
    set(${${key}_variable} "${value}" PARENT_SCOPE)
  endforeach()
  set(platform "linux-${CMAKE_SYSTEM_PROCESSOR}")
  string(JSON library ERROR_VARIABLE problem GET "${json}" library "${platform}")
  if(problem OR NOT library STREQUAL "${name}.so")
    message(FATAL_ERROR "${manifest}: \"library\" must say \"${platform}\": \"${name}.so\"")
  endif()
endfunction()

# The logic of a plugin as a library of its own; one without sources only carries its dependencies.
function(mortise_add_plugin_core target sources libraries)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  set(contract mortise::sdk)
  if(NOT CXX IN_LIST languages) # a project in C has no use for the C++ layer
    set(contract mortise::abi)
  endif()
  if(sources)
    add_library(${target} STATIC ${sources})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
      VISIBILITY_INLINES_HIDDEN ON)
    target_include_directories(${target} PUBLIC src)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
    target_link_libraries(${target} PUBLIC ${contract} ${libraries})
    mortise_use_defaults(${target})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE src)
    target_link_libraries(${target} INTERFACE ${contract} ${libraries})
  endif()
endfunction()

# Our own warnings, where this is our own tree; a vendor has their own.
function(mortise_use_defaults target)
  if(TARGET mortise::defaults)
    target_link_libraries(${target} PRIVATE mortise::defaults)
  endif()
endfunction()

# Copies plugin.json, locales/ and further assets beside the library, and installs them.
function(mortise_place_assets folder destination assets)
  set(found plugin.json)
  file(GLOB_RECURSE locales CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" locales/*)
  foreach(asset ${assets})
    if(IS_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/${asset}")
      file(GLOB_RECURSE inside CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "${asset}/*")
      list(APPEND found ${inside})
    else()
      list(APPEND found "${asset}")
    endif()
  endforeach()
  foreach(file ${found} ${locales})
    configure_file("${file}" "${folder}/${file}" COPYONLY)
    get_filename_component(parent "${file}" DIRECTORY)
    if(destination)
      install(FILES "${file}" DESTINATION "${destination}/${parent}")
    endif()
  endforeach()
endfunction()

function(mortise_add_plugin_tests module name folder tests)
  set(c_tests ${tests})
  list(FILTER c_tests INCLUDE REGEX "\\.c$")
  list(FILTER tests EXCLUDE REGEX "\\.c$")
  foreach(file ${c_tests})
    get_filename_component(test "${file}" NAME_WE)
    add_executable(${module}_${test} ${file})
    target_link_libraries(${module}_${test} PRIVATE ${module}_core)
    mortise_use_defaults(${module}_${test})
    add_test(NAME plugins.${name}.${test} COMMAND ${module}_${test})
  endforeach()
  if(NOT tests)
    return()
  endif()
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${module}_tests ${tests})
  target_link_libraries(${module}_tests PRIVATE ${module}_core GTest::gtest_main)
  if(TARGET mortise::testkit)
    target_link_libraries(${module}_tests PRIVATE mortise::testkit)
  endif()
  mortise_use_defaults(${module}_tests)
  target_compile_definitions(${module}_tests PRIVATE MORTISE_PLUGIN_FOLDER="${folder}"
    MORTISE_PLUGIN_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
  add_dependencies(${module}_tests ${module})
  gtest_discover_tests(${module}_tests TEST_PREFIX "plugins.${name}." DISCOVERY_TIMEOUT 60)
endfunction()
