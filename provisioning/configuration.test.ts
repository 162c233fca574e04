import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { alerts } from './alerts/index.js';
import { recordingRules } from './rules/index.js';

const repository = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${repository}/${path}`, 'utf8');
/** What a program prints; it throws with that when the program is not satisfied. */
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: repository, encoding: 'utf8', stdio: 'pipe' });

interface Service {
  image: string;
  privileged?: boolean;
  cap_add?: string[];
  cap_drop: string[];
  security_opt: string[];
  restart: string;
  volumes?: string[];
  healthcheck: { test: string[] };
  command?: string[];
  environment?: Record<string, string>;
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

describe('Prometheus and Alertmanager', () => {
  test('promtool accepts configuration and rules', () => {
    const file = 'provisioning/prometheus/prometheus.yml';
    const said = run('promtool', 'check', 'config', '--lint=all', '--lint-fatal', file);
    const found = [...said.matchAll(/(\d+) rules found/g)].map(([, rules]) => Number(rules));
    expect(found).toEqual([alerts.length, recordingRules.length]);
  });

  test('amtool accepts the configuration and sends everything to the operator', () => {
    const file = 'provisioning/alertmanager/alertmanager.yml';
    expect(run('amtool', 'check-config', file)).toContain('SUCCESS');
    expect(
      run('amtool', 'config', 'routes', 'test', `--config.file=${file}`, 'severity=critical').trim(),
    ).toBe('operator');
  });
});

interface Policy {
  receiver?: string;
  group_by?: string[];
  routes?: Policy[];
}

interface AlertingFile {
  contactPoints?: { name: string; receivers: { uid: string; type: string; settings: object }[] }[];
  policies?: Policy[];
}

/** Grafana does not start with a file that it refuses: pkg/services/provisioning/alerting, ngalert's validation of routes. */
describe("Grafana's alerting files", () => {
  const directory = 'provisioning/grafana/alerting';
  const files = readdirSync(`${repository}/${directory}`).map(
    (name) => [name, parse(read(`${directory}/${name}`)) as AlertingFile] as const,
  );
  const tree = (policy: Policy): Policy[] => [policy, ...(policy.routes ?? []).flatMap(tree)];

  test('have one root policy, which applies to everything', () => {
    const roots = files.flatMap(([, { policies }]) => policies ?? []);
    expect(roots.map((root) => Object.keys(root))).toEqual([
      ['orgId', 'receiver', 'group_by', 'group_wait', 'group_interval', 'repeat_interval'],
    ]);
  });

  test.for(files)('%s brings every receiver that its policies name', ([, { policies, contactPoints }]) => {
    const named = (policies ?? []).flatMap(tree).flatMap(({ receiver }) => receiver ?? []);
    expect((contactPoints ?? []).map(({ name }) => name)).toEqual([...new Set(named)]);
  });

  // A contact point without receivers is not made, and one without uid, type or settings is refused.
  test('give each receiver a uid of its own and an address that is set', () => {
    const receivers = files
      .flatMap(([, { contactPoints }]) => contactPoints ?? [])
      .map((each) => each.receivers);
    expect(receivers).toEqual([
      [{ uid: 'trapline-operator', type: 'email', settings: { addresses: 'operator@localhost' } }],
    ]);
  });

  test('group by labels, each once', () => {
    for (const { group_by = [] } of files.flatMap(([, { policies }]) => policies ?? []).flatMap(tree)) {
      expect(group_by).not.toContain('...');
      expect(new Set(group_by).size).toBe(group_by.length);
    }
  });
});

describe('docker-compose.yml', () => {
  const { services, volumes } = parse(run('docker-compose', 'config')) as Compose;
  const each = Object.entries(services);

  test('runs the exporter, Prometheus, Alertmanager and Grafana', () => {
    expect(Object.keys(services).sort()).toEqual(['alertmanager', 'exporter', 'grafana', 'prometheus']);
  });

  test.for(each)(
    '%s is pinned, watched, restarted and has no privilege it does not name',
    ([name, service]) => {
      expect(service.image).toMatch(/^[a-z/]+:v?\d+\.\d+\.\d+$/);
      expect(service.healthcheck.test[0]).toBe('CMD');
      expect(service.restart).toBe('unless-stopped');
      expect(service.privileged).toBeUndefined();
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      if (name !== 'exporter') expect(service.cap_add).toBeUndefined();
    },
  );

  test('gives the exporter exactly the capabilities the install guide explains', () => {
    const explained = [...read('docs/install.md').matchAll(/^\| `CAP_([A-Z_]+)` \|/gm)].map((row) => row[1]);
    expect(services.exporter!.cap_add).toEqual(explained);
  });

  test.for(each)('%s mounts only what exists', ([, service]) => {
    for (const mount of service.volumes ?? []) {
      const source = mount.split(':')[0]!;
      // The panel is built, not checked in.
      const present = source.endsWith('grafana-plugin/dist') || source in volumes || existsSync(source);
      expect([source, present]).toEqual([source, true]);
    }
  });

  test('listens on loopback only', () => {
    const arguments_ = (name: string) => services[name]!.command!.join(' ');
    expect(arguments_('exporter')).toContain('--listen 127.0.0.1:9818');
    expect(arguments_('prometheus')).toContain('--web.listen-address=127.0.0.1:9090');
    expect(arguments_('alertmanager')).toContain('--web.listen-address=127.0.0.1:9093');
    expect(services.grafana!.environment).toMatchObject({ GF_SERVER_HTTP_ADDR: '127.0.0.1' });
  });

  test('lets Grafana load the panel of this repository and no other unsigned one', () => {
    const { id } = JSON.parse(read('grafana-plugin/src/plugin.json')) as { id: string };
    expect(services.grafana!.environment).toMatchObject({
      GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: id,
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
    });
  });
});

describe('exporter/Dockerfile', () => {
  const dockerfile = read('exporter/Dockerfile');

  test('copies what exists', () => {
    const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.*)$/gm)].flatMap((line) =>
      line[1]!.split(' ').slice(0, -1),
    );
    expect(copies.length).toBeGreaterThan(5);
    expect(copies.filter((path) => !existsSync(`${repository}/${path}`))).toEqual([]);
  });

  test('copies from the stages it has', () => {
    const stages = [...dockerfile.matchAll(/^FROM .* AS (\w+)$/gm)].map((line) => line[1]);
    const used = [...dockerfile.matchAll(/^COPY --from=(\w+)/gm)].map((line) => line[1]);
    expect(used.filter((stage) => !stages.includes(stage))).toEqual([]);
  });

  test('starts from pinned images', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((line) => line[1]);
    expect(new Set(bases)).toEqual(new Set(['node:20-bookworm-slim', 'manifests']));
  });
});
