export type { Collector, CollectorDescription, MetricDefinition, Sink } from './metric.js';
export { counter, DEFAULT_MAX_SERIES, gauge, histogram } from './metric.js';
export { Collection } from './collection.js';
export type { ExpositionOptions, Listener, Log } from './exposition.js';
export { Exposition } from './exposition.js';
export { renderReference } from './document.js';
export { selfMetrics } from './self.js';
export type { Format } from './writer.js';
export { contentType } from './writer.js';
