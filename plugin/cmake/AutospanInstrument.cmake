# autospan_instrument(<target>
#     FUNCTIONS <pattern>…      spans around the functions that match (globs, or re:<regex>)
#     [SKIP <pattern>…]         never around these
#     [RULES <file>]            a rules file
#     [MIN_STATEMENTS <n>]      patterns such as `*` leave out smaller functions (default 3)
#     [SERVICE <name>]          service.name of the spans
#     [REPORT]                  after the link, say what each rule took
#     [REQUIRED]                a rule that took nothing fails the build instead of warning
#     [FALLBACK hooks])         on a compiler without plugin: names only, by -finstrument-functions
#
# Works on C and C++ sources of one target, compiled by a clang that has a plugin here. Call it in
# the directory that made the target. -DAUTOSPAN=OFF leaves the target alone: macros compile to
# nothing and nothing is linked.
#
# The file serves autospan's own build tree and an installed prefix; who includes it says where
# things are: AUTOSPAN_PLUGIN_DIR, and the target or path AUTOSPAN_CLANG_TOOL_<major>.
include_guard(GLOBAL)
set_property(GLOBAL PROPERTY AUTOSPAN_PLUGIN_DIR "${AUTOSPAN_PLUGIN_DIR}")
option(AUTOSPAN "Put spans into the targets of autospan_instrument" ON)

function(autospan_instrument target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "REPORT;REQUIRED" "RULES;MIN_STATEMENTS;SERVICE;FALLBACK"
                        "FUNCTIONS;SKIP")
  _autospan_check_arguments()
  if(NOT AUTOSPAN)
    _autospan_compile_out(${target})
    return()
  endif()

  _autospan_doors(doors)  # one of plugin, hooks, none a language
  if(NOT doors MATCHES "plugin|hooks")
    _autospan_refuse("${target}")
  endif()
  set(rules "")
  if(arg_RULES)
    get_filename_component(rules "${arg_RULES}" ABSOLUTE)
    if(NOT EXISTS "${rules}")
      message(FATAL_ERROR "autospan_instrument(${target}): RULES ${rules} does not exist")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${rules}")
  endif()

  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES autospan::macros)
  get_target_property(type ${target} TYPE)
  if(type MATCHES "STATIC_LIBRARY|OBJECT_LIBRARY")
    set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES
                 "$<LINK_ONLY:autospan::runtime>")
  endif()
  if(arg_SERVICE)  # of the macros' spans, whatever the compiler
    _autospan_escape("AUTOSPAN_SERVICE=\"${arg_SERVICE}\"" escaped)
    set_property(TARGET ${target} APPEND PROPERTY COMPILE_DEFINITIONS "${escaped}")
  endif()
  if(doors MATCHES "plugin")
    set(report_dir "${CMAKE_CURRENT_BINARY_DIR}/autospan/${target}")
    _autospan_add_plugin_flags(${target})
    _autospan_depend_on_plugin(${target})
    _autospan_merge_after_link(${target})
  endif()
  if(doors MATCHES "hooks")
    _autospan_add_hooks(${target})
  endif()
endfunction()

macro(_autospan_check_arguments)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "autospan_instrument(${target}): no such target")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "autospan_instrument(${target}): unknown argument "
                        "'${arg_UNPARSED_ARGUMENTS}'; patterns follow FUNCTIONS")
  endif()
  if(arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "autospan_instrument(${target}): ${arg_KEYWORDS_MISSING_VALUES} needs a value")
  endif()
  if(arg_FALLBACK AND NOT arg_FALLBACK STREQUAL "hooks")
    message(FATAL_ERROR "autospan_instrument(${target}): FALLBACK '${arg_FALLBACK}'; known: hooks")
  endif()
endmacro()

# AUTOSPAN=OFF: sources with macros still find their headers, and nothing is left of them.
function(_autospan_compile_out target)
  set_property(TARGET ${target} APPEND PROPERTY COMPILE_DEFINITIONS AUTOSPAN_OFF)
  if(TARGET autospan::macros)
    foreach(from autospan::macros autospan::headers)
      set_property(TARGET ${target} APPEND PROPERTY INCLUDE_DIRECTORIES
                   "$<TARGET_PROPERTY:${from},INTERFACE_INCLUDE_DIRECTORIES>")
    endforeach()
  endif()
endfunction()

# For each enabled language what its compiler can do: doors_C, doors_CXX, and the majors.
macro(_autospan_doors doors)
  get_property(enabled GLOBAL PROPERTY ENABLED_LANGUAGES)
  get_property(plugin_dir GLOBAL PROPERTY AUTOSPAN_PLUGIN_DIR)
  set(${doors} "")
  foreach(language C CXX)
    set(door_${language} none)
    if(NOT language IN_LIST enabled)
      continue()
    endif()
    string(REGEX MATCH "^[0-9]+" major_${language} "${CMAKE_${language}_COMPILER_VERSION}")
    set(plugin_${language} "${plugin_dir}/AutospanClang-${major_${language}}.so")
    if(CMAKE_${language}_COMPILER_ID STREQUAL "Clang" AND
       (TARGET AutospanClang-${major_${language}} OR EXISTS "${plugin_${language}}"))
      set(door_${language} plugin)
      set(major ${major_${language}})
    elseif(arg_FALLBACK STREQUAL "hooks")
      set(door_${language} hooks)
    endif()
    list(APPEND ${doors} ${door_${language}})
  endforeach()
endmacro()

macro(_autospan_refuse target)
  file(GLOB plugins RELATIVE "${plugin_dir}" "${plugin_dir}/AutospanClang-*.so")
  string(REGEX MATCHALL "[0-9]+" majors "${plugins}")
  list(JOIN majors ", " majors)
  message(FATAL_ERROR
    "autospan_instrument(${target}): ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} has no "
    "autospan plugin; there is one for clang ${majors}.\n"
    "Configure with -DCMAKE_C_COMPILER=clang-N -DCMAKE_CXX_COMPILER=clang++-N, or say FALLBACK hooks "
    "(names only, by -finstrument-functions), or -DAUTOSPAN=OFF.")
endmacro()

# Characters that a generator expression or a list would take for its own. Backslashes stay as they
# are, so what is escaped must pass through functions, never through macros.
function(_autospan_escape text out)
  string(REPLACE "$<" "@AUTOSPAN_DOLLAR@<" text "${text}")
  string(REPLACE ">" "$<ANGLE-R>" text "${text}")
  string(REPLACE "," "$<COMMA>" text "${text}")
  string(REPLACE ";" "\\$<SEMICOLON>" text "${text}")
  string(REPLACE "@AUTOSPAN_DOLLAR@" "$<1:$>" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# One plugin argument for the languages that have a plugin.
function(_autospan_add_flag target flag)
  _autospan_escape("${flag}" escaped)
  foreach(language C CXX)
    if(door_${language} STREQUAL "plugin")
      set_property(TARGET ${target} APPEND PROPERTY COMPILE_OPTIONS
                   "$<$<COMPILE_LANGUAGE:${language}>:${escaped}>")
    endif()
  endforeach()
endfunction()

function(_autospan_add_plugin_flags target)
  foreach(language C CXX)
    if(door_${language} STREQUAL "plugin")
      set_property(TARGET ${target} APPEND PROPERTY COMPILE_OPTIONS
                   "$<$<COMPILE_LANGUAGE:${language}>:-fplugin=${plugin_${language}}>")
    endif()
  endforeach()
  foreach(pattern IN LISTS arg_FUNCTIONS)
    _autospan_add_flag(${target} "-fplugin-arg-autospan-match=${pattern}")
  endforeach()
  foreach(pattern IN LISTS arg_SKIP)
    _autospan_add_flag(${target} "-fplugin-arg-autospan-skip=${pattern}")
  endforeach()
  if(arg_RULES)
    # The hash makes a changed rules file a new command, for compiler caches.
    file(SHA256 "${rules}" hash)
    string(SUBSTRING ${hash} 0 16 hash)
    _autospan_add_flag(${target} "-fplugin-arg-autospan-rules=${rules}")
    _autospan_add_flag(${target} "-fplugin-arg-autospan-rules-hash=${hash}")
  endif()
  if(DEFINED arg_MIN_STATEMENTS)
    _autospan_add_flag(${target} "-fplugin-arg-autospan-min-statements=${arg_MIN_STATEMENTS}")
  endif()
  if(arg_SERVICE)
    _autospan_add_flag(${target} "-fplugin-arg-autospan-service=${arg_SERVICE}")
  endif()
  _autospan_add_flag(${target} "-fplugin-arg-autospan-report=${report_dir}")
endfunction()

# A changed plugin or rules file rebuilds the objects: no compiler lists a plugin among its inputs.
macro(_autospan_depend_on_plugin target)
  if(TARGET AutospanClang-${major})
    add_dependencies(${target} AutospanClang-${major})
  endif()
  get_target_property(directory ${target} SOURCE_DIR)
  cmake_language(EVAL CODE "cmake_language(DEFER DIRECTORY [[${directory}]] CALL
    _autospan_set_object_depends [[${target}]] [[${plugin_dir}/AutospanClang-${major}.so]] [[${rules}]])")
endmacro()

# Deferred to the end of the directory, when the target has all its sources.
function(_autospan_set_object_depends target plugin rules)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    if(NOT source MATCHES "\\$<")
      set_property(SOURCE "${source}" TARGET_DIRECTORY ${target} APPEND PROPERTY
                   OBJECT_DEPENDS "${plugin}" ${rules})
    endif()
  endforeach()
endfunction()

macro(_autospan_merge_after_link target)
  set(tool "${AUTOSPAN_CLANG_TOOL_${major}}")
  if(NOT tool AND TARGET autospan-clang-${major})
    set(tool $<TARGET_FILE:autospan-clang-${major}>)
    add_dependencies(${target} autospan-clang-${major})
  elseif(NOT tool)
    get_property(tool GLOBAL PROPERTY AUTOSPAN_CLANG_TOOL_${major})
  endif()
  get_target_property(directory ${target} SOURCE_DIR)
  if(tool AND directory STREQUAL CMAKE_CURRENT_SOURCE_DIR AND
     type MATCHES "EXECUTABLE|STATIC_LIBRARY|SHARED_LIBRARY|MODULE_LIBRARY")
    # What the target is made of: reports of objects that are no longer in it do not count, and
    # where a compiler cache brought an object back without its report nothing is judged.
    set(objects "${report_dir}/$<CONFIG>.objects")
    file(GENERATE OUTPUT "${objects}" CONTENT "$<JOIN:$<TARGET_OBJECTS:${target}>,\n>\n")
    add_custom_command(TARGET ${target} POST_BUILD VERBATIM
      COMMAND ${tool} merge "${report_dir}" --target ${target} --objects "${objects}"
              $<$<BOOL:${arg_REQUIRED}>:--required> $<$<BOOL:${arg_REPORT}>:--print>
      COMMAND_EXPAND_LISTS)
  elseif(arg_REQUIRED)
    message(WARNING "autospan_instrument(${target}): REQUIRED cannot be judged here: it needs a "
                    "target of this directory that is linked, and autospan-clang-${major}")
  endif()
endmacro()

macro(_autospan_add_hooks target)
  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES autospan::cyg)
  foreach(language C CXX)
    if(door_${language} STREQUAL "hooks")
      set_property(TARGET ${target} APPEND PROPERTY COMPILE_OPTIONS
                   "$<$<COMPILE_LANGUAGE:${language}>:-finstrument-functions>")
    endif()
  endforeach()
  # What only a compiler with a plugin can do must not be lost in silence.
  list(JOIN arg_FUNCTIONS "," patterns)
  set(lost "")
  foreach(argument SKIP RULES MIN_STATEMENTS REPORT REQUIRED)
    if(arg_${argument})
      list(APPEND lost ${argument})
    endif()
  endforeach()
  if(lost)
    list(JOIN lost ", " lost)
    message(WARNING "autospan_instrument(${target}): FALLBACK hooks knows only names and cannot "
                    "do ${lost}: what AUTOSPAN_MATCH names is recorded")
  endif()
  set(run_with "AUTOSPAN_MATCH='${patterns}'")
  if(arg_SERVICE)
    string(APPEND run_with " OTEL_SERVICE_NAME='${arg_SERVICE}'")
  endif()
  message(STATUS "autospan: ${target}: names only, by -finstrument-functions; "
                 "run it with ${run_with}")
endmacro()
