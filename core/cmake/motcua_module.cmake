# motcua_module(NAME room LAYER n USES rooms… LINK libraries…)
#
# One room of the house = one static library from the sources in core/<room>/. Its include path holds its own root and the roots
# of the rooms in USES, and nothing else of core/: an include that the plan forbids does not compile. A room may use
# only rooms declared before it, in its own layer or a lower one, so the graph has no cycle. Where core/<room>/schema/
# holds migrations they are compiled in as motcua::<room>::schema(). Where tests/unit/<room>/ exists, unit_<room> is
# built from it and registered with CTest.
set(MOTCUA_INCLUDE_ROOTS ${CMAKE_BINARY_DIR}/include-roots)

function(motcua_include_root NAME)
    file(MAKE_DIRECTORY ${MOTCUA_INCLUDE_ROOTS}/${NAME})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/core/${NAME} ${MOTCUA_INCLUDE_ROOTS}/${NAME}/${NAME} SYMBOLIC)
endfunction()

function(motcua_module)
    cmake_parse_arguments(ARG "" "NAME;LAYER" "USES;LINK" ${ARGN})
    set(target motcua_${ARG_NAME})
    set(folder ${PROJECT_SOURCE_DIR}/core/${ARG_NAME})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")

    file(GLOB migrations CONFIGURE_DEPENDS ${folder}/schema/*.sql)
    if(migrations)
        set(embedded ${CMAKE_BINARY_DIR}/schema/${ARG_NAME}_schema.cpp)
        add_custom_command(OUTPUT ${embedded}
            COMMAND ${CMAKE_COMMAND} -DROOM=${ARG_NAME} -DFOLDER=${folder}/schema -DOUT=${embedded}
                    -P ${PROJECT_SOURCE_DIR}/core/cmake/embed_schema.cmake
            DEPENDS ${migrations} ${PROJECT_SOURCE_DIR}/core/cmake/embed_schema.cmake
            COMMENT "Embedding the migrations of ${ARG_NAME}")
        list(APPEND sources ${embedded})
    endif()

    motcua_include_root(${ARG_NAME})
    add_library(${target} STATIC ${sources})
    set_target_properties(${target} PROPERTIES MOTCUA_LAYER ${ARG_LAYER})
    target_include_directories(${target} PRIVATE ${MOTCUA_INCLUDE_ROOTS}/${ARG_NAME})
    foreach(used IN LISTS ARG_USES)
        if(NOT TARGET motcua_${used})
            message(FATAL_ERROR "core/${ARG_NAME} uses core/${used}, which is not declared before it in core/CMakeLists.txt")
        endif()
        get_target_property(used_layer motcua_${used} MOTCUA_LAYER)
        if(used_layer GREATER ARG_LAYER)
            message(FATAL_ERROR "core/${ARG_NAME} (layer ${ARG_LAYER}) may not use core/${used} (layer ${used_layer})")
        endif()
        target_link_libraries(${target} PUBLIC motcua_${used})
        target_include_directories(${target} PRIVATE ${MOTCUA_INCLUDE_ROOTS}/${used})
    endforeach()
    target_link_libraries(${target} PUBLIC ${ARG_LINK} Threads::Threads)

    # A path that climbs out of its folder would get past the include roots.
    file(GLOB_RECURSE texts CONFIGURE_DEPENDS ${folder}/*.h ${folder}/*.cpp)
    foreach(text IN LISTS texts)
        file(STRINGS ${text} climbing REGEX "#include +\"\\.\\./")
        if(climbing)
            message(FATAL_ERROR "${text} includes by a path with '..': name the room instead")
        endif()
    endforeach()

    file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/${ARG_NAME}/*.cpp)
    if(MOTCUA_TESTS AND tests)
        add_executable(unit_${ARG_NAME} ${tests})
        target_link_libraries(unit_${ARG_NAME} PRIVATE ${target} motcua_unit_support)
        if(TARGET motcua_unit_databases)
            target_link_libraries(unit_${ARG_NAME} PRIVATE motcua_unit_databases)
        endif()
        target_include_directories(unit_${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit
            ${MOTCUA_INCLUDE_ROOTS}/${ARG_NAME})
        foreach(used IN LISTS ARG_USES)
            target_include_directories(unit_${ARG_NAME} PRIVATE ${MOTCUA_INCLUDE_ROOTS}/${used})
        endforeach()
        add_test(NAME unit_${ARG_NAME} COMMAND unit_${ARG_NAME} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    endif()
endfunction()
