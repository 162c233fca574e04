import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import type plugin from '../src/plugin.json';
import { archiveOf } from './archive';

/** The folder of the plugin in this repository. */
export const PLUGIN = path.join(import.meta.dirname, '..');

/** Where webpack leaves the plugin. */
export const DIST = path.join(PLUGIN, 'dist');

/** A plugin's archive as the catalog opens it. */
export class Opened {
  private constructor(
    /** What is at the top of the archive. */
    readonly top: readonly string[],
    private readonly contents: ReadonlyMap<string, Uint8Array>,
  ) {}

  /** Packs the plugin as built and opens that. */
  static async archive(): Promise<Opened> {
    const entries = Object.entries(unzipSync((await archiveOf(DIST)).bytes));
    const top = new Set(entries.map(([name]) => name.split('/')[0]!));
    return new Opened(
      [...top],
      new Map(entries.map(([name, bytes]) => [name.slice(name.indexOf('/') + 1), bytes])),
    );
  }

  /** The paths of the files in the top folder. */
  get files(): string[] {
    return [...this.contents.keys()];
  }

  bytes(file: string): Uint8Array {
    const bytes = this.contents.get(file);
    if (!bytes) throw new Error(`The archive has no ${file}`);
    return bytes;
  }

  text(file: string): string {
    return strFromU8(this.bytes(file));
  }

  /** What the catalog reads first. */
  get metadata() {
    return JSON.parse(this.text('plugin.json')) as typeof plugin & {
      info: { screenshots: Array<{ name: string; path: string }> };
      buildMode: string;
    };
  }
}

/** The panel's own sources, without tests, by their paths below `src`. */
export function sources(): Map<string, string> {
  const root = path.join(PLUGIN, 'src');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .filter((name) => /(?<!\.test|\.testing)\.tsx?$/.test(name))
      .map((name) => [name, readFileSync(path.join(root, name), 'utf8')]),
  );
}
