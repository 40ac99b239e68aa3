// The runner of every unit_<room>: all registered suites, or those whose path is given; last line "N passed,
// N failed".
#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <iostream>

int main(int argc, char** argv) {
    CppUnit::TestResult controller;
    CppUnit::TestResultCollector collected;
    CppUnit::BriefTestProgressListener progress;
    controller.addListener(&collected);
    controller.addListener(&progress);

    CppUnit::TestRunner runner;
    runner.addTest(CppUnit::TestFactoryRegistry::getRegistry().makeTest());
    try {
        runner.run(controller, argc > 1 ? argv[1] : "");
    } catch (const std::invalid_argument&) {
        std::cerr << "no such test: " << argv[1] << "\n";
        return 2;
    }

    CppUnit::CompilerOutputter(&collected, std::cerr).write();
    const int failed = collected.testFailuresTotal();
    std::cout << collected.runTests() - failed << " passed, " << failed << " failed\n";
    return failed == 0 && collected.runTests() > 0 ? 0 : 1;
}

// Fontconfig keeps its fonts until the process ends and never frees them.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }
