/** Debian packages the commands use, each with the reason it is printed with. */
export const REASONS = {
  libbpf1: 'loads BPF programs into the kernel',
  clang: 'compiles the BPF programs and guests of tests',
  llvm: 'strips the compiled BPF programs',
  'libbpf-dev': 'headers of the BPF programs',
  bpftool: 'lists what is loaded into the kernel',
  prometheus: 'scrapes the exporter in tests; promtool checks rules',
  'prometheus-alertmanager': 'delivers an alert in a test',
  'docker-compose': 'checks docker-compose.yml',
  chromium: 'draws the panel and the report in browser tests',
  'r-base-core': 'holds the statistics of experiments against its own',
  'qemu-system-x86': 'emulates a KVM host',
  'busybox-static': 'first programs of an emulated host',
  cpio: 'packs the first file system of an emulated host',
  kmod: 'finds the modules an emulated host loads',
  'xz-utils': 'unpacks kernel modules',
  'linux-perf': 'counts exits beside Trapline',
  tcpdump: 'captures packets in a guest',
  iproute2: 'makes taps and bridges',
  ethtool: 'reads counters of network devices',
  bpftrace: 'is measured beside Trapline',
  'bpfcc-tools': 'is measured beside Trapline',
  dropwatch: 'is measured beside Trapline',
  'python3-scipy': 'checks the statistics of an experiment',
};

/** @typedef {keyof typeof REASONS} Package */
