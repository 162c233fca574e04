import type { GrafanaTheme2 } from '@grafana/data';

/**
 * Colours that stay apart for the three kinds of colour blindness: Okabe and Ito's eight for categories, and for
 * magnitudes ramps of steadily changing lightness, in which more is always more contrast to the ground.
 */
const OKABE_ITO = {
  orange: '#E69F00',
  sky: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermilion: '#D55E00',
  purple: '#CC79A7',
} as const;

/** Darker where white ground would swallow the original. */
const ON_LIGHT: Readonly<Record<string, string>> = {
  [OKABE_ITO.yellow]: '#9C8F00',
  [OKABE_ITO.sky]: '#2A8FCB',
  [OKABE_ITO.orange]: '#C07F00',
};

/** Lighter where dark ground would swallow the original. */
const ON_DARK: Readonly<Record<string, string>> = {
  [OKABE_ITO.blue]: '#3585C6',
  [OKABE_ITO.vermilion]: '#F0762B',
};

type Rgb = readonly [number, number, number];

/** From early to late, the later the lighter. */
const TIME_RAMP: readonly Rgb[] = [
  [62, 64, 149],
  [48, 104, 158],
  [35, 140, 149],
  [58, 174, 126],
  [140, 202, 84],
  [240, 224, 60],
];

/** From none to much: out of the ground into glowing, or into dark red on white. */
const LOSS_RAMPS: Readonly<Record<'dark' | 'light', readonly Rgb[]>> = {
  dark: [
    [86, 120, 170],
    [128, 125, 160],
    [180, 122, 122],
    [222, 128, 72],
    [250, 168, 40],
    [255, 226, 120],
  ],
  light: [
    [150, 170, 190],
    [196, 160, 130],
    [214, 128, 74],
    [196, 74, 36],
    [140, 22, 20],
  ],
};

function onGround(color: string, theme: GrafanaTheme2): string {
  return (theme.isDark ? ON_DARK : ON_LIGHT)[color] ?? color;
}

/** Colours of the measures, the same in every view and none of them a class's. */
export function measureColors(theme: GrafanaTheme2) {
  return {
    throughput: theme.isDark ? '#C3CCD6' : '#4A5560',
    cost: onGround(OKABE_ITO.vermilion, theme),
    loss: onGround(OKABE_ITO.purple, theme),
  };
}

const VM_ORDER = ['sky', 'orange', 'green', 'purple', 'yellow', 'vermilion', 'blue'] as const;

/** VMs beyond the colours that can be told apart share a grey. */
export const MOST_VM_COLORS = VM_ORDER.length;

export function vmColor(index: number, theme: GrafanaTheme2): string {
  const name = VM_ORDER[index];
  return name ? onGround(OKABE_ITO[name], theme) : theme.colors.text.disabled;
}

const CLASS_COLORS: Readonly<Record<string, string>> = {
  io: OKABE_ITO.blue,
  mmio: OKABE_ITO.orange,
  halt: OKABE_ITO.sky,
  interrupt: OKABE_ITO.green,
  msr: OKABE_ITO.yellow,
  cpuid: '#8C6BB1',
  page_fault: '#A6692C',
  hypercall: '#7FC8A9',
  pause: '#A6B1BD',
  other: '#6F7A86',
};

/** An exit class keeps its colour whatever else is shown; an unknown one is grey. */
export function classColor(name: string, theme: GrafanaTheme2): string {
  return onGround(CLASS_COLORS[name] ?? CLASS_COLORS['other']!, theme);
}

/** Steps of a ramp as CSS colours, from little to much (or early to late). */
export function ramp(kind: 'time' | 'loss', theme: GrafanaTheme2, steps: number): string[] {
  const stops = kind === 'loss' ? LOSS_RAMPS[theme.isDark ? 'dark' : 'light'] : timeRamp(theme.isDark);
  return Array.from({ length: steps }, (_, i) => between(stops, steps === 1 ? 1 : i / (steps - 1)));
}

/** Turned round on white ground, so that late is always the stronger, and without the glare. */
function timeRamp(dark: boolean): readonly Rgb[] {
  return dark
    ? TIME_RAMP
    : TIME_RAMP.toReversed().map(([r, g, b]) => [r * 0.82, g * 0.82, b * 0.82] as const);
}

function between(stops: readonly Rgb[], share: number): string {
  const place = share * (stops.length - 1);
  const from = stops[Math.floor(place)]!;
  const to = stops[Math.min(Math.floor(place) + 1, stops.length - 1)]!;
  const mix = from.map((channel, i) => Math.round(channel + (to[i]! - channel) * (place % 1)));
  return `rgb(${mix.join(', ')})`;
}

/** What a bar stands on: what there could be. */
export const laneColor = (theme: GrafanaTheme2): string => theme.colors.border.weak;

/** Packets that are still there, and those that are lost. */
export function pathColors(theme: GrafanaTheme2) {
  return {
    carried: onGround(OKABE_ITO.blue, theme),
    lost: theme.visualization.getColorByName(theme.isDark ? 'red' : 'semi-dark-red'),
  };
}

const PAYER_COLORS: Readonly<Record<string, string>> = {
  exit: OKABE_ITO.vermilion,
  exit_kernel: OKABE_ITO.vermilion,
  exit_vmm: OKABE_ITO.orange,
  vhost: OKABE_ITO.sky,
  interrupt: OKABE_ITO.green,
  softirq: OKABE_ITO.yellow,
  capture: OKABE_ITO.purple,
};

/** A payer keeps its colour whatever else is shown; an unknown one is grey. */
export function payerColor(payer: string, theme: GrafanaTheme2): string {
  return onGround(PAYER_COLORS[payer] ?? CLASS_COLORS['other']!, theme);
}
