# motcua_add_plugin(NAME name SOURCES files… [MANIFEST plugin.json] [LINK libraries…])
#
# A plugin: <build>/plugins/<name>/<name>.so with its manifest inside (ELF section .motcua_manifest) and beside it
# (plugin.json). Whatever it links, exactly one symbol leaves it: motcua_plugin_entry_1.
set(MOTCUA_SDK_CMAKE ${CMAKE_CURRENT_LIST_DIR})

function(motcua_add_plugin)
    cmake_parse_arguments(ARG "" "NAME;MANIFEST;FOLDER" "SOURCES;LINK" ${ARGN})
    if(NOT ARG_MANIFEST)
        set(ARG_MANIFEST ${CMAKE_CURRENT_SOURCE_DIR}/plugin.json)
    endif()
    if(NOT ARG_FOLDER)
        set(ARG_FOLDER ${CMAKE_BINARY_DIR}/plugins)
    endif()
    set(target plugin-${ARG_NAME})
    set(folder ${ARG_FOLDER}/${ARG_NAME})
    set(manifest_source ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}_manifest.c)
    set(MANIFEST_FILE ${ARG_MANIFEST})
    configure_file(${MOTCUA_SDK_CMAKE}/manifest.c.in ${manifest_source} @ONLY)
    set_source_files_properties(${manifest_source} PROPERTIES OBJECT_DEPENDS ${ARG_MANIFEST})

    add_library(${target} MODULE ${ARG_SOURCES} ${manifest_source})
    set_target_properties(${target} PROPERTIES
        PREFIX "" OUTPUT_NAME ${ARG_NAME} LIBRARY_OUTPUT_DIRECTORY ${folder}
        C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
        LINK_DEPENDS ${MOTCUA_SDK_CMAKE}/plugin.map)
    # Hidden visibility alone still lets weak symbols of std:: out, hence the version script.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
    target_link_options(${target} PRIVATE LINKER:--version-script=${MOTCUA_SDK_CMAKE}/plugin.map)
    if(NOT CMAKE_SHARED_LINKER_FLAGS MATCHES "sanitize" AND NOT MOTCUA_SANITIZE)
        target_link_options(${target} PRIVATE LINKER:-z,defs) # a sanitizer's symbols come from the host at run time
    endif()
    target_link_libraries(${target} PRIVATE motcua_sdk ${ARG_LINK})
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_COMMAND} -E copy_if_different ${ARG_MANIFEST} ${folder}/plugin.json)
endfunction()
