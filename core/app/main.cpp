#include "app/command_line.h"

int main(int argc, char** argv) {
    return motcua::app::runCommandLine({argv + 1, argv + argc});
}
