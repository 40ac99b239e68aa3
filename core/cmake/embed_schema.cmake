# Writes OUT, a C++ file that holds the migrations NNNN_name.sql of FOLDER as motcua::ROOM::schema().
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
# Everything stays in quotes: CMake would take the semicolons of SQL and C++ for separators of its lists.
string(CONCAT text "// Made from ${ROOM}/schema/*.sql at build time.\n#include \"db/schema.h\"\n\n"
       "namespace motcua::${ROOM} {\n\nconst db::Schema& schema() {\n    static const db::Schema made{\"${ROOM}\", {\n")
foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    string(REGEX MATCH "^[0-9][0-9][0-9][0-9]" version ${name})
    if(NOT version)
        message(FATAL_ERROR "${file}: a migration is named NNNN_what.sql")
    endif()
    math(EXPR number "1${version} - 10000")
    file(READ ${file} sql)
    string(APPEND text "        {${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
string(APPEND text "    }};\n    return made;\n}\n\n} // namespace motcua::${ROOM}\n")
file(WRITE ${OUT} "${text}")
