declare module 'systemjs/dist/system.min.js';
declare module 'systemjs/dist/extras/amd.min.js';
declare module '*.css';
