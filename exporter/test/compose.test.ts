import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Exporter, TRAPLINE } from './exporter.js';
import { ground, missing } from './ground.js';

/** Root with the capabilities that docker-compose.yml gives the exporter and no others, as in its container. */
function asInCompose(
  file = readFileSync(join(import.meta.dirname, '../../docker-compose.yml'), 'utf8'),
): string[] {
  const compose = parse(file, { merge: true }) as {
    services: { exporter: { cap_add: string[]; cap_drop: string[]; security_opt: string[] } };
  };
  const { cap_add, cap_drop, security_opt } = compose.services.exporter;
  expect([cap_drop, security_opt]).toEqual([['ALL'], ['no-new-privileges:true']]);
  const added = cap_add.map((name) => `+${name.toLowerCase()}`).join(',');
  return ['setpriv', '--no-new-privs', '--inh-caps=-all', `--bounding-set=-all,${added}`];
}

const doctor = (wrapper: readonly string[]): { code: number | null; lines: string[] } => {
  const [program, ...rest] = [...wrapper, process.execPath, TRAPLINE, 'doctor'];
  const { status, stdout } = spawnSync(program!, rest, { encoding: 'utf8' });
  return { code: status, lines: stdout.split('\n') };
};

describe.skipIf(!ground.root || !ground.btf)(
  `the capabilities of docker-compose.yml${missing('root', 'btf')}`,
  () => {
    it('attach every program that root attaches, and every collector works', async () => {
      const all = await Exporter.start();
      const asRoot = await all.verdicts();
      await all.stop();
      const exporter = await Exporter.startBy([...asInCompose(), process.execPath, TRAPLINE]);
      expect(await exporter.verdicts()).toEqual(asRoot);
      expect(await exporter.stop()).toBe(0);
    });

    it('have doctor say what it says to root', () => {
      expect(doctor(asInCompose())).toEqual(doctor([]));
    });

    it('let doctor name the one that is missing', () => {
      const { lines } = doctor(['setpriv', '--bounding-set=-syslog']);
      expect(lines.filter((line) => line.includes('fails  cpu_activity ('))).toEqual([
        '       fails  cpu_activity (perf_event/cpu-clock): /proc/kallsyms hides where functions are: run as root, or with CAP_SYSLOG',
      ]);
    });
  },
);
