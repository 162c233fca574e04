/** A dashboard of provisioning/ as @grafana/scenes draws it, with Trapline's panel as built: for pictures only. */
import '../../host/src/publicPath';
import '../../host/src/page.css';
import './bootData';
import { css } from '@emotion/css';
import {
  EventBusSrv,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  type DataTransformerInfo,
  type FieldConfigPropertyItem,
  type PanelPlugin,
  type PanelPluginMeta,
} from '@grafana/data';
import { setAppEvents, setPluginImportUtils } from '@grafana/runtime';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router-dom';
import { loadPanel } from '../../host/src/loadPanel';
import { Page } from '../../host/src/Page';
import type { Filled } from './dashboard';
import { sceneOf } from './scene';
import { STAND_INS } from './standIns';

const PROPERTIES = ['unit', 'min', 'max', 'decimals', 'color', 'thresholds', 'noValue', 'displayName'];

/** Grafana registers these with their editors; here they only pass on what a dashboard sets. */
function fillRegistries(): void {
  standardFieldConfigEditorRegistry.setInit(() =>
    PROPERTIES.map(
      (id) =>
        ({
          ...{ id, path: id, name: id, description: '', editor: () => null, override: () => null },
          process: (value: unknown) => value,
          shouldApply: () => true,
        }) as unknown as FieldConfigPropertyItem,
    ),
  );
  standardTransformersRegistry.setInit(() =>
    [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map(
      (transformation: DataTransformerInfo) => ({
        ...{ id: transformation.id, name: transformation.name, editor: () => null },
        ...{ imageDark: '', imageLight: '', transformation: () => Promise.resolve(transformation) },
      }),
    ),
  );
}

const query = new URLSearchParams(window.location.search);
const dashboard = (await (await fetch(query.get('dashboard')!)).json()) as Filled;
const panel = await loadPanel(new URL('./panel/module.js', document.baseURI).href);
fillRegistries();
const plugins: Readonly<Record<string, PanelPlugin>> = { ...STAND_INS, [panel.meta.id]: panel as never };
for (const [id, plugin] of Object.entries(plugins))
  plugin.meta = { id, name: id, info: { version: '' } } as PanelPluginMeta;
setPluginImportUtils({
  importPanelPlugin: (id) => Promise.resolve(plugins[id]!),
  getPanelPluginFromCache: (id) => plugins[id],
});
setAppEvents(new EventBusSrv());
await document.fonts.load('12px Inter');

const scene = sceneOf(dashboard);
const frame = css({
  padding: 16,
  height: '100vh',
  display: 'flex',
  flexDirection: 'column',
  '& > h1': { fontSize: 18 },
});

createRoot(document.getElementById('root')!).render(
  <Page theme="dark">
    {() => (
      <MemoryRouter>
        <main className={frame}>
          <h1>{dashboard.title}</h1>
          <scene.Component model={scene} />
        </main>
      </MemoryRouter>
    )}
  </Page>,
);
