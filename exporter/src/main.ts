/** What `node exporter/dist/main.js` runs. Imports are read before any code runs: those that need today's Node come after the check. */
import '../bin/demand_node.cjs';

void import('./command_line.js');
