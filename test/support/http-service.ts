import { answersOk } from '../../demo/service/http-ready.ts';
import { freePort, HOST } from '../../demo/service/port.ts';
import { manage, type Service, temporaryFolder } from '../../demo/service/service.ts';

/** Answers with the status that the last `PUT /500` asked for, 200 at first. */
const PROGRAM = `
let status = 200;
require('node:http').createServer((request, response) => {
  if (request.method === 'PUT') status = Number(request.url.slice(1));
  response.writeHead(request.method === 'PUT' ? 200 : status).end('as told');
}).listen(Number(process.argv[1]), '${HOST}');
`;

export interface HttpService extends Service {
  /** Answers with this status from now on. */
  become(status: number): Promise<void>;
}

/** A real HTTP server in a process of its own, so that it can be frozen and killed. */
export async function startHttpService(): Promise<HttpService> {
  const [port, folder] = [await freePort(), await temporaryFolder('http')];
  const url = `http://${HOST}:${port}`;
  const service = await manage({
    name: 'http',
    port,
    url,
    folder,
    command: { name: 'http', file: process.execPath, args: ['-e', PROGRAM, String(port)], cwd: folder },
    isReady: () => answersOk(url),
  });
  return Object.assign(service, {
    become: async (status: number) => {
      await fetch(`${url}/${status}`, { method: 'PUT' });
    },
  });
}
