import { PanelPlugin } from '@grafana/data';
import { CaptureCostPanel } from './CaptureCostPanel';
import { addOptions, type PanelOptions } from './options';

export const plugin = new PanelPlugin<PanelOptions>(CaptureCostPanel).setPanelOptions(addOptions);
