import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { captureCostViews } from './appliance-capture.js';
import { cost, taps } from './appliance-cost.js';
import { exits } from './appliance-exits.js';
import { loss, now } from './appliance-loss.js';
import { assemble } from './layout.js';

/** *Appliance*: what the captured packets of one virtual appliance cost, and where the others are lost. */
export const appliance = (): Dashboard =>
  assemble({
    name: 'appliance',
    title: 'Appliance',
    description:
      'What one captured packet costs a virtual appliance, who spends it, and where the rest is lost.',
    vm: true,
    sections: [now, captureCostViews, loss, cost, exits, taps],
  });
