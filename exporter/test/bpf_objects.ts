import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const KINDS = ['prog', 'map', 'link'] as const;
export type Kind = (typeof KINDS)[number];

/** Ids of BPF objects of each kind. */
export type BpfObjects = Readonly<Record<Kind, ReadonlySet<number>>>;

interface Listed {
  id: number;
  /** Of a program. */
  map_ids?: number[];
}

/**
 * What processes have open of BPF, with the maps of these programs. Objects of others, who may come and go meanwhile, are
 * not among them.
 */
export function heldBy(...pids: readonly number[]): BpfObjects {
  const open = (kind: Kind): Set<number> => new Set(pids.flatMap((pid) => openIn(pid, kind)));
  const held = { prog: open('prog'), map: open('map'), link: open('link') };
  for (const { id, map_ids = [] } of list('prog'))
    if (held.prog.has(id)) map_ids.forEach((map) => held.map.add(map));
  return held;
}

/** Those among them that the kernel still has, as its own tool lists them. */
export const left = (objects: Partial<BpfObjects>): string[] =>
  KINDS.flatMap((kind) =>
    list(kind)
      .filter(({ id }) => objects[kind]?.has(id))
      .map(({ id }) => `${kind} ${id}`),
  );

/** The ids of one kind that the descriptors of a process have; one of a link names its program too. */
export const openIn = (pid: number, kind: Kind): number[] =>
  readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    const id = new RegExp(`^${kind}_id:\\s*(\\d+)$`, 'm').exec(infoOf(pid, fd))?.[1];
    return id === undefined ? [] : Number(id);
  });

/** A descriptor may be closed between the listing and the look. */
function infoOf(pid: number, fd: string): string {
  try {
    return readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
  } catch {
    return '';
  }
}

const list = (kind: Kind): Listed[] =>
  JSON.parse(
    execFileSync('bpftool', ['-j', kind, 'list'], { encoding: 'utf8', maxBuffer: 1 << 24 }),
  ) as Listed[];
