/**
 * Okabe and Ito's colours, which stay apart for the three kinds of colour blindness; as in the panel, darker where white ground
 * would swallow them and lighter where dark ground would. What has a colour there has the same here.
 */
const COLORS = {
  blue: ['#0072B2', '#3585C6'],
  vermilion: ['#D55E00', '#F0762B'],
  orange: ['#C07F00', '#E69F00'],
  sky: ['#2A8FCB', '#56B4E9'],
  green: ['#009E73', '#009E73'],
  yellow: ['#9C8F00', '#F0E442'],
  purple: ['#CC79A7', '#CC79A7'],
  violet: ['#8C6BB1', '#8C6BB1'],
  brown: ['#A6692C', '#A6692C'],
  mint: ['#7FC8A9', '#7FC8A9'],
  mist: ['#A6B1BD', '#A6B1BD'],
  grey: ['#6F7A86', '#6F7A86'],
  lane: ['#D9DFE5', '#39424C'],
} as const;
type Name = keyof typeof COLORS;

const STAGES: Readonly<Record<string, Name>> = {
  delivered: 'blue',
  nic_hardware: 'violet',
  nic_driver: 'mint',
  softnet: 'green',
  bridge: 'brown',
  tap: 'vermilion',
  guest_nic: 'orange',
  guest_softnet: 'yellow',
  socket: 'purple',
};

const PAYERS: Readonly<Record<string, Name>> = {
  exit_kernel: 'vermilion',
  exit_vmm: 'orange',
  vhost: 'sky',
  interrupt: 'green',
  softirq: 'yellow',
  capture: 'purple',
};

const CLASSES: Readonly<Record<string, Name>> = {
  io: 'blue',
  mmio: 'orange',
  halt: 'sky',
  interrupt: 'green',
  msr: 'yellow',
  cpuid: 'violet',
  page_fault: 'brown',
  hypercall: 'mint',
  pause: 'mist',
};

const ACTIVITIES: Readonly<Record<string, Name>> = {
  guest: 'blue',
  exit_handling: 'vermilion',
  vmm: 'orange',
  copy: 'sky',
  interrupt: 'green',
  polling: 'yellow',
  capture: 'purple',
  bridging: 'brown',
  idle: 'lane',
};

const METHOD_ORDER: readonly Name[] = ['blue', 'orange', 'green', 'purple', 'vermilion', 'sky', 'yellow'];

/** CSS that gives a mark its colour in both themes, and what is written on it one that can be read. */
export type Color = string;

const color = (name: Name): Color => {
  const [light, dark] = COLORS[name];
  return `--ink:light-dark(${inkOn(light)},${inkOn(dark)});--mark:light-dark(${light},${dark})`;
};

/** Black or white, whichever stands out more; by the luminance of WCAG 2. */
function inkOn(ground: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(ground.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff';
}

const lookUp =
  (names: Readonly<Record<string, Name>>) =>
  (key: string): Color =>
    color(names[key] ?? 'grey');

export const stageColor = lookUp(STAGES);
export const payerColor = lookUp(PAYERS);
export const classColor = lookUp(CLASSES);
export const activityColor = lookUp(ACTIVITIES);
/** By its place among the methods of the run. */
export const methodColor = (index: number): Color => color(METHOD_ORDER[index] ?? 'grey');
export const monitorColor = (monitor: string): Color => color(monitor === 'flow' ? 'orange' : 'blue');
export const studyColor: Color = color('grey');
