import type { Scope } from '../core/scope.ts';
import { healthy, listAlerts, listTargets, oneTarget, ready, reload } from './api.ts';
import { detail } from './detail.ts';
import { metrics } from './exposition.ts';
import { overview } from './overview.ts';
import type { Site, WebContext } from './site.ts';
import { stylesheet } from './style.ts';

/** One thing that can be asked over HTTP, and who may ask it; GET answers HEAD too. */
export interface Route {
  readonly methods: readonly ('GET' | 'POST' | 'PUT')[];
  readonly path: string;
  /** `open` asks for no credential whatever the config says. */
  readonly scope: 'open' | Scope;
  readonly handle: (context: WebContext, site: Site) => Response | Promise<Response>;
}

/** Every route there is. Nothing else is served. */
export const routes: readonly Route[] = [
  { methods: ['GET'], path: '/', scope: 'read', handle: overview },
  { methods: ['GET'], path: '/targets/:name', scope: 'read', handle: detail },
  { methods: ['GET'], path: '/style.css', scope: 'read', handle: stylesheet },
  { methods: ['GET'], path: '/metrics', scope: 'metrics', handle: metrics },
  { methods: ['GET'], path: '/api/v1/targets', scope: 'read', handle: listTargets },
  { methods: ['GET'], path: '/api/v1/targets/:name', scope: 'read', handle: oneTarget },
  { methods: ['GET'], path: '/api/v1/alerts', scope: 'read', handle: listAlerts },
  { methods: ['GET'], path: '/-/healthy', scope: 'open', handle: healthy },
  { methods: ['GET'], path: '/healthz', scope: 'open', handle: healthy },
  { methods: ['GET'], path: '/-/ready', scope: 'open', handle: ready },
  { methods: ['GET'], path: '/readyz', scope: 'open', handle: ready },
  { methods: ['POST', 'PUT'], path: '/-/reload', scope: 'admin', handle: reload },
];
