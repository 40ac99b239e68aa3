/* Everything of abi.h that crosses between the server and a plugin, within reach of one function: abidw and
   abidiff see what an exported function leads to, and the tables of the host's services are told by `const
   void *` only. */
#include "motcua/abi.h"

const motcua_entry* motcua_plugin_entry_1(void) {
    return 0;
}

__attribute__((visibility("default"))) void
motcua_services_1(const motcua_host_call_1* call, const motcua_host_net_1* net, const motcua_host_log_1* log,
                  const motcua_host_clock_1* clock, const motcua_host_random_1* random);
void motcua_services_1(const motcua_host_call_1* call, const motcua_host_net_1* net,
                       const motcua_host_log_1* log, const motcua_host_clock_1* clock,
                       const motcua_host_random_1* random) {
    (void)call, (void)net, (void)log, (void)clock, (void)random;
}
