export type { Address } from './address.js';
export { parseAddress } from './address.js';
export { Connections } from './connections.js';
export type { WebOptions } from './server.js';
export { ListenError, WebServer } from './server.js';
export type { SiteDirectories } from './site.js';
export { Site } from './site.js';
