# find_package(motcua-sdk): the target motcua_sdk and motcua_add_plugin().
if(NOT TARGET motcua_sdk)
    get_filename_component(motcua_sdk_include ${CMAKE_CURRENT_LIST_DIR}/../../../include ABSOLUTE)
    add_library(motcua_sdk INTERFACE IMPORTED GLOBAL)
    target_include_directories(motcua_sdk INTERFACE ${motcua_sdk_include})
    target_compile_features(motcua_sdk INTERFACE cxx_std_20)
    unset(motcua_sdk_include)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/MotcuaPlugin.cmake)
