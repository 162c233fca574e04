import './publicPath';
import './page.css';
import { createRoot } from 'react-dom/client';
import { FixedPage } from './FixedPage';
import { LivePage } from './live/LivePage';
import { loadPanel } from './loadPanel';
import { Page } from './Page';

const query = new URLSearchParams(window.location.search);
const data = query.get('data');
const root = createRoot(document.getElementById('root')!);

loadPanel(new URL('./panel/module.js', document.baseURI).href).then(
  (panel) =>
    root.render(
      <Page theme={query.get('theme')}>
        {(theme) =>
          data === null ? (
            <LivePage panel={panel} {...theme} />
          ) : (
            <FixedPage panel={panel} url={data} query={query} />
          )
        }
      </Page>,
    ),
  (error: unknown) => {
    console.error(error);
    root.render(
      <p role="alert">
        The panel could not be loaded. It is built by <code>npm run build</code>; reload the page once it is
        there.
      </p>,
    );
  },
);
