import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from './connections.js';

const compress = promisify(gzip);

/** Bytes of a piece of a file. */
const PIECE = 1 << 16;

/** Where the page's files are; a directory that is not there means that the page was not built. */
export interface SiteDirectories {
  /** Build of the page that hosts the panel: its index.html is served at `/`, everything in it below `/host/`. */
  page: string;
  /** Build of the panel, served below `/panel/`. */
  panel: string;
  /** The runbook as a page: its index.html is served at `/runbook`, everything in it below `/runbook/`. */
  runbook: string;
}

/** The paths of whole pages, and their files. */
const PAGES = [
  ['/', '/host/index.html'],
  ['/runbook', '/runbook/index.html'],
] as const;

/** One file of the page, ready to be sent. */
export interface Asset {
  contentType: string;
  etag: string;
  /** The file, compressed where that helps. */
  body: Answer;
  compressed: boolean;
}

/**
 * The static files of the page, all in memory: the process gives up its privileges after start, and may then be
 * unable to read its own checkout.
 */
export class Site {
  private constructor(private readonly assets: ReadonlyMap<string, Asset>) {}

  /** Reads every file once. Throws where a file that exists cannot be read. */
  static async load({ page, panel, runbook }: SiteDirectories): Promise<Site> {
    const assets = new Map([
      ...(await loadAll(page, '/host/')),
      ...(await loadAll(panel, '/panel/')),
      ...(await loadAll(runbook, '/runbook/')),
    ]);
    for (const [path, file] of PAGES) {
      const index = assets.get(file);
      if (index) assets.set(path, index);
    }
    return new Site(assets);
  }

  /** The asset at a path of a URL, as it was sent (still percent-encoded). */
  find(path: string): Asset | undefined {
    return this.assets.get(path);
  }
}

async function loadAll(directory: string, prefix: string): Promise<[string, Asset][]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(absent);
  // Source maps would double the memory and are of use only beside the sources.
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.map'));
  return Promise.all(
    files.map(async (entry): Promise<[string, Asset]> => {
      const file = join(entry.parentPath, entry.name);
      return [prefix + encodeURI(relative(directory, file)), await load(file)];
    }),
  );
}

function absent(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw error;
}

async function load(file: string): Promise<Asset> {
  const content = await readFile(file);
  const contentType = contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
  const small = await compress(content, { level: 6 });
  const compressed = small.length < content.length;
  return {
    contentType,
    // Weak, because the compressed and the plain file share it.
    etag: `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    body: piecesOf(compressed ? small : content),
    compressed,
  };
}

/** In pieces, progress of a client that reads slowly is seen. */
function piecesOf(bytes: Buffer): Answer {
  const starts = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, i) => i * PIECE);
  return starts.map((start) => bytes.subarray(start, start + PIECE));
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};
