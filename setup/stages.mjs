/**
 * @typedef {object} Stage
 * @property {string} name for `--only` and `--skip`
 * @property {string} title
 * @property {readonly import('./packages.mjs').Package[]} packages what it needs beyond npm's
 * @property {string} [script] of package.json: the stage passes when it does
 * @property {string} [project] of vitest: the stage passes when every test does
 */

/** Every stage of `npm test`, in order: what is quick and fails often comes first. @type {readonly Stage[]} */
export const STAGES = [
  {
    name: 'lint',
    title: 'Formatting and lint',
    packages: [],
    script: 'lint',
  },
  {
    name: 'typecheck',
    title: 'Types',
    packages: [],
    script: 'typecheck',
  },
  { name: 'build', title: 'Build', packages: [], script: 'build' },
  {
    name: 'bpf',
    title: 'BPF objects are what their source compiles to',
    packages: ['clang', 'llvm', 'libbpf-dev', 'bpftool'],
    script: 'bpf:check',
  },
  { name: 'exporter', title: 'Exporter', packages: ['libbpf1'], project: 'exporter' },
  { name: 'experiment', title: 'Experiment', packages: ['r-base-core', 'iproute2'], project: 'experiment' },
  {
    name: 'provisioning',
    title: 'Prometheus, Alertmanager and Grafana',
    packages: ['prometheus', 'prometheus-alertmanager', 'docker-compose'],
    project: 'provisioning',
  },
  { name: 'bench', title: 'Arithmetic of the benches', packages: [], project: 'bench' },
  { name: 'plugin', title: 'Panel', packages: [], project: 'plugin' },
  { name: 'browser', title: 'Panel and report in a browser', packages: ['chromium'], project: 'browser' },
  { name: 'catalog', title: "Panel by the rules of Grafana's catalog", packages: [], project: 'catalog' },
  {
    name: 'machine',
    title: "This machine's own kernel",
    packages: ['libbpf1', 'bpftool', 'prometheus', 'iproute2', 'iptables', 'clang', 'libcap2-bin'],
    project: 'machine',
  },
  {
    name: 'lab',
    title: 'Emulated KVM hosts',
    packages: [
      'libbpf1',
      'bpftool',
      'qemu-system-x86',
      'busybox-static',
      'cpio',
      'kmod',
      'xz-utils',
      'linux-perf',
      'tcpdump',
      'softflowd',
      'dropbear-bin',
      'openssh-client',
      'iproute2',
      'ethtool',
      'openvswitch-switch',
      'clang',
    ],
    project: 'lab',
  },
];

/**
 * The stages a command line chooses: `--only a --only b`, or all but `--skip a`.
 * @param {readonly string[]} args without `--all`
 * @throws {Error} naming what is not known
 */
export function chosenStages(args) {
  /** @type {Record<string, string[]>} */
  const named = { '--only': [], '--skip': [] };
  for (let at = 0; at < args.length; at += 2) {
    const list = named[/** @type {string} */ (args[at])];
    const name = args[at + 1];
    if (!list)
      throw new Error(`Unknown option ${args[at]}: there are --all, --only <stage> and --skip <stage>.`);
    if (!STAGES.some((stage) => stage.name === name)) {
      throw new Error(
        `Unknown stage ${name ?? '(none named)'}: there are ${STAGES.map((stage) => stage.name).join(', ')}.`,
      );
    }
    list.push(/** @type {string} */ (name));
  }
  const { '--only': only = [], '--skip': skip = [] } = named;
  return STAGES.filter(({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name));
}
