# What the tests want to know about the targets of the whole build.
include_guard(GLOBAL)

# Gets, in `result`, the targets of the folder and of all folders below it.
function(mortise_targets_below result folder)
  get_property(found DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder ${subfolders})
    mortise_targets_below(deeper ${subfolder})
    list(APPEND found ${deeper})
  endforeach()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# Puts the test programs below the folder into bin/tests, away from the programs that are shipped, and gets them in
# `result`.
function(mortise_collect_test_programs result folder)
  mortise_targets_below(targets ${folder})
  set(programs "")
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE" AND target MATCHES "_tests?$")
      set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/tests)
      list(APPEND programs ${target})
    endif()
  endforeach()
  set(${result} ${programs} PARENT_SCOPE)
endfunction()
