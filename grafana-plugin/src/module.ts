import { PanelPlugin } from '@grafana/data';
import { CaptureCostPanel } from './CaptureCostPanel';
import { fieldConfig } from './fieldConfig';
import { migrate } from './migrations';
import { addOptions, type PanelOptions } from './options';
import { pictureOf } from './parts/picture';
import { suggest } from './suggestions';

export const plugin = new PanelPlugin<PanelOptions>(CaptureCostPanel)
  .setPanelOptions(addOptions)
  .useFieldConfig(fieldConfig)
  .setDataSupport({ annotations: true })
  .setMigrationHandler(migrate)
  .setSuggestionsSupplier(suggest)
  .setScreenshotImage(({ element, format }) => pictureOf(element, format));
