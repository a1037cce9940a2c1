import { acceptsGzip, metricsFormat } from './negotiate.ts';
import type { Site, WebContext } from './site.ts';
import { streamed } from './stream.ts';

const CONTENT_TYPES = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

/** The metrics of all targets, or of those that `?type=` and `?target=` select, as text or OpenMetrics. */
export async function metrics(context: WebContext, { view, log }: Site): Promise<Response> {
  const format = metricsFormat(context.req.header('accept'));
  const gzip = acceptsGzip(context.req.header('accept-encoding'));
  const selection = { types: context.req.queries('type') ?? [], targets: context.req.queries('target') ?? [] };
  const headers = {
    'Content-Type': CONTENT_TYPES[format],
    Vary: 'Accept, Accept-Encoding',
    ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
  };
  if (context.req.method === 'HEAD') return new Response(null, { headers });
  const body = await streamed(view.metrics(selection, format), gzip, (error) => {
    log.error({ err: error }, 'an exposition broke off');
    context.env?.outgoing?.destroy();
  });
  return new Response(body, { headers });
}
