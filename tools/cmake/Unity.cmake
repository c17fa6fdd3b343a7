# MORTISE_UNITY: the sources of a target are compiled several at a time, because most of the time of a compilation goes
# into the headers that all of them include (docs/decisions/0040). unity_groups.py says which go together.
include_guard(GLOBAL)

# Gets, in `result`, a line "target|file|..." for each target of the folder and below that has more than one source.
function(mortise_unity_lines result folder)
  set(lines "")
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(sources ${target} SOURCES)
    list(LENGTH sources count)
    if(NOT type MATCHES "^(STATIC_LIBRARY|SHARED_LIBRARY|MODULE_LIBRARY|EXECUTABLE)$" OR count LESS 2)
      continue() # headers that are compiled alone are an OBJECT_LIBRARY
    endif()
    get_target_property(directory ${target} SOURCE_DIR)
    set(line ${target})
    foreach(source ${sources})
      if(NOT source MATCHES "^\\$<")
        get_filename_component(source ${source} ABSOLUTE BASE_DIR ${directory})
        string(APPEND line "|${source}")
      endif()
    endforeach()
    string(APPEND lines "${line}\n")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  endforeach()
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder ${subfolders})
    mortise_unity_lines(deeper ${subfolder})
    string(APPEND lines "${deeper}")
  endforeach()
  set(${result} "${lines}" PARENT_SCOPE)
endfunction()

# To be called when all targets are there.
function(mortise_use_unity size)
  mortise_unity_lines(lines ${PROJECT_SOURCE_DIR})
  set(targets ${PROJECT_BINARY_DIR}/CMakeFiles/unity_targets.txt)
  set(groups ${PROJECT_BINARY_DIR}/CMakeFiles/unity_groups.cmake)
  file(WRITE ${targets} "${lines}")
  set(program ${PROJECT_SOURCE_DIR}/tools/cmake/unity_groups.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${program})
  execute_process(
    COMMAND ${Python3_EXECUTABLE} ${program} ${PROJECT_SOURCE_DIR} ${size} ${targets} ${groups}
    OUTPUT_VARIABLE said OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  message(STATUS "MORTISE_UNITY: ${said}")
  include(${groups})
endfunction()
