# Puts sdk/json-schema/*.json into a program: motcuaSchemas[], see contract.cpp.
#   motcua_embed_schemas(TARGET)
function(motcua_embed_schemas target)
    file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sdk/json-schema/*.json)
    set(text "/* Made by schemas.cmake. */\n")
    set(rows "")
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WE)
        string(REPLACE "-" "_" symbol "motcua_schema_${name}")
        string(APPEND text "__asm__(\".pushsection .rodata\\n.global ${symbol}\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n"
            ".global ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.popsection\\n\");\n"
            "extern const char ${symbol}[], ${symbol}_end[];\n")
        string(APPEND rows "    {\"${name}\", ${symbol}, ${symbol}_end},\n")
    endforeach()
    string(APPEND text "typedef struct { const char *name, *begin, *end; } EmbeddedSchema;\n"
        "extern const EmbeddedSchema motcuaSchemas[];\nconst EmbeddedSchema motcuaSchemas[] = {\n${rows}    {0, 0, 0},\n};\n")
    set(made ${CMAKE_CURRENT_BINARY_DIR}/plugin_check_schemas.c)
    file(CONFIGURE OUTPUT ${made} CONTENT "${text}" @ONLY)
    set_source_files_properties(${made} PROPERTIES OBJECT_DEPENDS "${files}")
    target_sources(${target} PRIVATE ${made})
endfunction()
