import type { MachineDescription } from '../results.js';
import type { Shell } from '../shell/shell.js';

/** What a machine is. */
export async function describe(shell: Shell): Promise<Omit<MachineDescription, 'programs'>> {
  const said = await shell.must(`
    uname -n; uname -r
    sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1 | grep . || echo unknown
    grep -c ^processor /proc/cpuinfo
    systemd-detect-virt --vm 2> /dev/null || echo none`);
  const [hostname = '', kernel = '', cpu = '', cpus = '', virtualization = ''] = said.split('\n');
  return { hostname, kernel, cpu, cpus: Number(cpus), virtualization };
}
