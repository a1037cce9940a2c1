import type { Scope } from '../core/scope.ts';
import { alertPage } from './alert-page.ts';
import { listAlerts, oneAlert } from './alerts.ts';
import { healthy, listTargets, oneTarget, ready, reload } from './api.ts';
import { listDeployments, markDeployment } from './deployments.ts';
import { detail } from './detail.ts';
import { metrics } from './exposition.ts';
import { targetHistory } from './history.ts';
import { cancelMaintenance, listMaintenance, planMaintenance } from './maintenance.ts';
import { overview } from './overview.ts';
import { MOST_ALERTS_BYTES, receiveAlerts } from './receive.ts';
import { expireSilence, listSilences, setSilence } from './silences.ts';
import type { Site, WebContext } from './site.ts';
import { stylesheet } from './style.ts';

/** One thing that can be asked over HTTP, and who may ask it; GET answers HEAD too. */
export interface Route {
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[];
  readonly path: string;
  /** `open` asks for no credential whatever the config says. */
  readonly scope: 'open' | Scope;
  /** Where more than `MOST_BODY_BYTES` may come. */
  readonly maxBodyBytes?: number;
  /** `who` is the name of the token that the request brought. */
  readonly handle: (context: WebContext, site: Site, who: string) => Response | Promise<Response>;
}

/** Every route there is. Nothing else is served. */
export const routes: readonly Route[] = [
  { methods: ['GET'], path: '/', scope: 'read', handle: overview },
  { methods: ['GET'], path: '/targets/:name', scope: 'read', handle: detail },
  { methods: ['GET'], path: '/alerts/:fingerprint', scope: 'read', handle: alertPage },
  { methods: ['GET'], path: '/style.css', scope: 'read', handle: stylesheet },
  { methods: ['GET'], path: '/metrics', scope: 'metrics', handle: metrics },
  { methods: ['GET'], path: '/api/v1/targets', scope: 'read', handle: listTargets },
  { methods: ['GET'], path: '/api/v1/targets/:name', scope: 'read', handle: oneTarget },
  { methods: ['GET'], path: '/api/v1/targets/:name/history', scope: 'read', handle: targetHistory },
  { methods: ['GET'], path: '/api/v1/alerts', scope: 'read', handle: listAlerts },
  { methods: ['GET'], path: '/api/v1/alerts/:fingerprint', scope: 'read', handle: oneAlert },
  { methods: ['GET'], path: '/api/v1/silences', scope: 'read', handle: listSilences },
  { methods: ['POST'], path: '/api/v1/silences', scope: 'write', handle: setSilence },
  { methods: ['DELETE'], path: '/api/v1/silences/:id', scope: 'write', handle: expireSilence },
  { methods: ['GET'], path: '/api/v1/maintenance', scope: 'read', handle: listMaintenance },
  { methods: ['POST'], path: '/api/v1/maintenance', scope: 'write', handle: planMaintenance },
  { methods: ['DELETE'], path: '/api/v1/maintenance/:id', scope: 'write', handle: cancelMaintenance },
  { methods: ['GET'], path: '/api/v1/deployments', scope: 'read', handle: listDeployments },
  { methods: ['POST'], path: '/api/v1/deployments', scope: 'write', handle: markDeployment },
  {
    methods: ['POST'],
    path: '/api/v2/alerts',
    scope: 'write',
    maxBodyBytes: MOST_ALERTS_BYTES,
    handle: receiveAlerts,
  },
  { methods: ['GET'], path: '/-/healthy', scope: 'open', handle: healthy },
  { methods: ['GET'], path: '/healthz', scope: 'open', handle: healthy },
  { methods: ['GET'], path: '/-/ready', scope: 'open', handle: ready },
  { methods: ['GET'], path: '/readyz', scope: 'open', handle: ready },
  { methods: ['POST', 'PUT'], path: '/-/reload', scope: 'admin', handle: reload },
];
