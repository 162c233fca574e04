/** A process of `trapline doctor` that becomes the user its argument names, as the server does, and prints who it is then. */
import { demandVisibleProcesses } from './preflight.js';
import { becomeUser } from './privileges.js';
import { report } from './report.js';

try {
  const user = becomeUser(process.argv[2]!);
  demandVisibleProcesses(user);
  process.stdout.write(user);
} catch (error) {
  process.exitCode = report(error);
}
