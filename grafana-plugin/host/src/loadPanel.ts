import * as emotion from '@emotion/css';
import {
  PanelPlugin,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  type PanelPluginMeta,
} from '@grafana/data';
import * as React from 'react';
import * as jsxRuntime from 'react/jsx-runtime';
import type { PanelOptions } from '../../src/options';
import * as data from './shared/data';
import * as ui from './shared/ui';

/** What the panel shares with the page instead of bringing its own copy, under the names that it imports. */
const SHARED: Readonly<Record<string, object>> = {
  react: React,
  'react/jsx-runtime': jsxRuntime,
  '@emotion/css': emotion,
  '@grafana/data': data,
  '@grafana/ui': ui,
};

/** SystemJS and its AMD part, as far as they are used here. */
interface Loader {
  addImportMap(map: { imports: Record<string, string> }): void;
  set(id: string, module: object): void;
  import(id: string): Promise<{ plugin?: unknown }>;
}

declare global {
  interface Window {
    System: Loader;
    define?: unknown;
  }
}

/**
 * Loads the built panel as Grafana does: SystemJS resolves its AMD imports through an import map to the page's own
 * modules.
 *
 * @param url of module.js
 * @throws Error where it cannot be fetched or is not a panel
 */
export async function loadPanel(url: string): Promise<PanelPlugin<PanelOptions>> {
  fillEditorRegistries();
  await importSystem();
  for (const [name, module] of Object.entries(SHARED)) {
    window.System.set(`package:${name}`, module);
  }
  window.System.addImportMap({
    imports: Object.fromEntries(Object.keys(SHARED).map((name) => [name, `package:${name}`])),
  });
  const { plugin } = await window.System.import(url);
  if (!(plugin instanceof PanelPlugin)) {
    throw new Error(`${url} is not a panel`);
  }
  const loaded = plugin as PanelPlugin<PanelOptions>;
  loaded.meta = { id: 'trapline-capturecost-panel', name: 'Capture cost' } as PanelPluginMeta;
  return loaded;
}

/**
 * SystemJS's AMD part defines the global `define`. Modules that look for it when they are first run would then register
 * there instead of exporting, so it comes last.
 */
async function importSystem(): Promise<void> {
  await import('systemjs/dist/system.min.js');
  await import('systemjs/dist/extras/amd.min.js');
}

/** A panel declares its options when it is loaded, for which Grafana's editors must have names, though none is shown. */
function fillEditorRegistries(): void {
  const editor = (id: string) => ({ id, name: id, description: '', editor: () => null });
  standardEditorsRegistry.setInit(() =>
    ['radio', 'select', 'multi-select', 'boolean', 'text', 'number'].map(editor),
  );
  standardFieldConfigEditorRegistry.setInit(() => []);
}
