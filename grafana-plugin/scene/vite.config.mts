import { mergeConfig } from 'vite';
import page from '../host/vite.config.mts';

/** The page of the dashboards' pictures: made as the panel's own page is, and never shipped. */
export default mergeConfig(page, { root: import.meta.dirname });
