/** What Grafana writes into its page; @grafana/runtime reads it while it is loaded, so this must be imported before. */
Object.assign(window, { grafanaBootData: { settings: {}, user: {}, navTree: [] } });
